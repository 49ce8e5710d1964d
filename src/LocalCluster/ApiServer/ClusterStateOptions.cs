namespace Rollouts.LocalCluster.ApiServer;

internal sealed record ClusterStateOptions
{
    /// <summary>Every .yaml file in it and below is read; null serves the built-in kinds only.</summary>
    public string? CrdFolder { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Uids must differ from run to run: evidence that outlives the cluster is filed under them.</summary>
    public Func<Guid> NewUid { get; init; } = Guid.NewGuid;

    /// <summary>Changes remembered per resource, for watches and lists that ask for an older version.</summary>
    public int HistoryPerResource { get; init; } = 1000;

    /// <summary>Changes that may wait for one watcher before it is ended with 410.</summary>
    public int WatchQueueBound { get; init; } = 1000;
}
