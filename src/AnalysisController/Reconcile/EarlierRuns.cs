using System.Globalization;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>
/// The runs that came before one, and where the attempt that it belongs to began. Evidence goes on from run to run of
/// one attempt, so that alpha holds for the whole rollout; a retry starts fresh.
/// </summary>
internal static class EarlierRuns
{
    /// <summary>
    /// The label by which Argo numbers a step's run (argo-rollouts types.go RolloutCanaryStepIndexLabel).
    /// </summary>
    private const string StepIndexLabel = "step-index";

    /// <summary>The earlier runs of the same pair that we judged, newest first.</summary>
    public static IEnumerable<AnalysisRun> Of(AnalysisRun run, ReplicaSetPair pair, ClusterCaches caches) =>
        from earlier in caches.AnalysisRuns.In(run.Metadata.Namespace)
        where earlier.Metadata.Uid != run.Metadata.Uid
        where earlier.Metadata.CreationTimestamp <= run.Metadata.CreationTimestamp
        where earlier.Metadata.Annotations.GetValueOrDefault(RunAnnotations.Pair) == pair.ToString()
        orderby earlier.Metadata.CreationTimestamp descending, earlier.Metadata.Name descending
        select earlier;

    /// <summary>
    /// Whether somebody retried between the two: the earlier one failed; or the steps went back; or one of the same
    /// kind was terminated, which Argo does when a Rollout is aborted, promoted or rolled back (argo-rollouts
    /// rollout/analysis.go); or a report run ended with its update.
    /// </summary>
    public static bool IsOfAnotherAttempt(AnalysisRun earlier, AnalysisRun run) =>
        earlier.Status.Phase is AnalysisPhase.Failed or AnalysisPhase.Error
        || (earlier.Kind, run.Kind) switch
        {
            (RunKind.Step, RunKind.Step) => StepIndex(run) <= StepIndex(earlier),
            (RunKind.Report, _) => earlier.Metadata.Annotations.GetValueOrDefault(RunAnnotations.Action)
                is RolloutAction.Ended
                    or RolloutAction.Superseded,
            (var before, var now) when before == now => earlier.Spec.Terminate,
            _ => false,
        };

    /// <summary>Null for a run that no step made; a comparison with it is false.</summary>
    private static int? StepIndex(AnalysisRun run) =>
        int.TryParse(
            run.Metadata.Labels.GetValueOrDefault(StepIndexLabel),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var index
        )
            ? index
            : null;
}
