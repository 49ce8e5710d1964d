namespace Rollouts.AnalysisController.Kubernetes.Objects;

/// <summary>The fields of <c>apps/v1 ReplicaSet</c> that we read.</summary>
internal sealed record ReplicaSet : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();
}

/// <summary>
/// The fields of <c>argoproj.io/v1alpha1 Rollout</c> that we read (argo-rollouts pkg/apis/rollouts/v1alpha1/types.go).
/// </summary>
internal sealed record Rollout : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    public RolloutSpec Spec
    {
        get;
        init => field = value ?? new();
    } = new();

    public RolloutStatus Status
    {
        get;
        init => field = value ?? new();
    } = new();
}

internal sealed record RolloutSpec
{
    /// <summary>Somebody stopped the Rollout where it stands.</summary>
    public bool Paused { get; init; }

    public RolloutStrategy Strategy
    {
        get;
        init => field = value ?? new();
    } = new();
}

internal sealed record RolloutStrategy
{
    public CanaryStrategy? Canary { get; init; }

    public BlueGreenStrategy? BlueGreen { get; init; }
}

/// <summary>That there is one is all we need to know of it.</summary>
internal sealed record BlueGreenStrategy;

internal sealed record CanaryStrategy
{
    public IReadOnlyList<CanaryStep> Steps
    {
        get;
        init => field = value ?? [];
    } = [];
}

internal sealed record CanaryStep
{
    public int? SetWeight { get; init; }

    public ExperimentStep? Experiment { get; init; }
}

internal sealed record RolloutStatus
{
    /// <summary>Pod template hash of the stable ReplicaSet; empty before the first deployment is healthy.</summary>
    public string StableRS
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>Pod template hash of the version that is wanted now.</summary>
    public string CurrentPodHash
    {
        get;
        init => field = value ?? "";
    } = "";

    public int? CurrentStepIndex { get; init; }

    public bool Abort { get; init; }

    /// <summary>
    /// Somebody promotes the update past all steps and all analysis; Argo clears it when that is done.
    /// </summary>
    public bool PromoteFull { get; init; }

    public CanaryStatus? Canary { get; init; }
}

internal sealed record CanaryStatus
{
    /// <summary>Null without a traffic router.</summary>
    public TrafficWeights? Weights { get; init; }
}

internal sealed record TrafficWeights
{
    public TrafficWeight? Canary { get; init; }
}

internal sealed record TrafficWeight
{
    /// <summary>Per cent.</summary>
    public int Weight { get; init; }
}
