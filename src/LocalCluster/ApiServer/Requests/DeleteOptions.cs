namespace Rollouts.LocalCluster.ApiServer.Requests;

/// <summary>What becomes of the objects that name the deleted one as their owner.</summary>
internal enum Propagation
{
    Background,
    Foreground,
    Orphan,
}

internal sealed record DeleteOptions
{
    public Propagation Propagation { get; init; } = Propagation.Background;

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    public bool IsDryRun { get; init; }

    /// <summary>How long a pod may take to end; null leaves it to the pod, 0 forgets it at once.</summary>
    public long? GracePeriodSeconds { get; init; }
}
