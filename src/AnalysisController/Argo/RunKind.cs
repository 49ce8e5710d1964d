using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Argo;

/// <summary>What an AnalysisRun decides (argo-rollouts types.go: label <c>rollout-type</c>).</summary>
internal enum RunKind
{
    /// <summary>
    /// A gate: a canary step, or a run that no Rollout step made (an experiment's, one made by hand).
    /// </summary>
    Step,

    /// <summary>
    /// A watch beside the steps. Successful would end it for good, so it stays Running until Argo terminates it.
    /// </summary>
    Background,
    PrePromotion,
    PostPromotion,

    /// <summary>
    /// A report run of ours: it watches the whole update, and records a Pass without ending on it.
    /// </summary>
    Report,
}

internal static class RunKinds
{
    private const string Label = "rollout-type";

    extension(AnalysisRun run)
    {
        public RunKind Kind =>
            run.IsReport
                ? RunKind.Report
                : run.Metadata.Labels.GetValueOrDefault(Label) switch
                {
                    "Background" => RunKind.Background,
                    "PrePromotion" => RunKind.PrePromotion,
                    "PostPromotion" => RunKind.PostPromotion,
                    _ => RunKind.Step,
                };
    }
}
