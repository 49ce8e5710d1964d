namespace Rollouts.AnalysisController.Kubernetes.Objects;

/// <summary>The fields of <c>coordination.k8s.io/v1 Lease</c> that we read.</summary>
internal sealed record Lease : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    public LeaseSpec Spec
    {
        get;
        init => field = value ?? new();
    } = new();
}

internal sealed record LeaseSpec
{
    /// <summary>Empty when nobody holds the lease.</summary>
    public string HolderIdentity
    {
        get;
        init => field = value ?? "";
    } = "";

    public int? LeaseDurationSeconds { get; init; }

    public DateTimeOffset? AcquireTime { get; init; }

    public DateTimeOffset? RenewTime { get; init; }

    public int? LeaseTransitions { get; init; }
}
