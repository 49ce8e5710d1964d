namespace Rollouts.AnalysisController.Kubernetes.Objects;

/// <summary>
/// The fields of <c>argoproj.io/v1alpha1 Experiment</c> that we read (argo-rollouts experiment_types.go).
/// </summary>
internal sealed record Experiment : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();
}

/// <summary>The experiment of a canary step, as the Rollout's strategy has it.</summary>
internal sealed record ExperimentStep
{
    public IReadOnlyList<ExperimentTemplate> Templates
    {
        get;
        init => field = value ?? [];
    } = [];
}

internal sealed record ExperimentTemplate
{
    public string Name
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary><c>stable</c> or <c>canary</c>: whose pod template it copies.</summary>
    public string SpecRef
    {
        get;
        init => field = value ?? "";
    } = "";
}
