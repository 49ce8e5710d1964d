using Rollouts.Analysis.Verdict;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Policy;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>
/// What direct mode does to a Rollout, as words on the report run: first the intent, then what came of it. Whoever
/// finds an intent after a crash knows what may or may not have happened, and looks.
/// </summary>
internal static class RolloutAction
{
    public const string AbortIntended = "AbortIntended";
    public const string Aborted = "Aborted";
    public const string PauseIntended = "PauseIntended";
    public const string Paused = "Paused";

    /// <summary>The verdict is recorded and nothing is done.</summary>
    public const string Reported = "Reported";

    /// <summary>The Rollout moved on, or was promoted in full, between the verdict and the act.</summary>
    public const string Superseded = "Superseded";

    /// <summary>A run of Argo's carries the verdict from here on.</summary>
    public const string HandedOver = "HandedOver";

    /// <summary>The update ended before a verdict that ends the run.</summary>
    public const string Ended = "Ended";

    /// <summary>The intent that a final verdict calls for under a policy; null for none.</summary>
    public static string? Intent(PolicyTerms? policy, Decision decision, string reason) =>
        (policy, decision) switch
        {
            (not { Mode: PolicyMode.Enforce }, _) => null,
            ({ OnFail: FailAction.Abort }, Decision.Abort) => AbortIntended,
            ({ OnFail: FailAction.Pause }, Decision.Abort) => PauseIntended,
            ({ OnNoData: NoDataAction.Ignore }, Decision.Inconclusive) when VerdictReason.IsWantOfData(reason) => null,
            ({ OnInconclusive: InconclusiveAction.Pause }, Decision.Inconclusive) => PauseIntended,
            _ => null,
        };

    /// <summary>That an intent could not be carried out, and what to do about it.</summary>
    /// <param name="answer">
    /// The API server's; null where it knows the Rollout but no status of it to write to. Argo's command line would
    /// then write to the Rollout itself; we do not ask for the right to (docs/decisions/0044).
    /// </param>
    public static string Refusal(string intent, Rollout rollout, string? answer)
    {
        var (@namespace, name) = (rollout.Metadata.Namespace, rollout.Metadata.Name);
        var isAbort = intent == AbortIntended;
        var cause =
            answer
            ?? "the CustomResourceDefinition rollouts.argoproj.io has no subresource status, as very old releases of "
                + $"Argo Rollouts had none: upgrade it, or run kubectl argo rollouts abort {name} -n {@namespace}";
        return $"Rollout {name} was not {(isAbort ? "aborted" : "paused")}: {cause}";
    }
}
