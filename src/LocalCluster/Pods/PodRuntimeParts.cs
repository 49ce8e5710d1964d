using Rollouts.LocalCluster.ApiServer;

namespace Rollouts.LocalCluster.Pods;

/// <summary>What every pod of the node shares.</summary>
internal sealed record PodRuntimeParts
{
    public required ClusterObjects Objects { get; init; }

    public required PodNetwork Network { get; init; }

    public required ProcessNursery Nursery { get; init; }

    public required PodLogs Logs { get; init; }

    public required HttpProbe Http { get; init; }

    /// <summary>The executable that the image <c>sample-api</c> stands for.</summary>
    public required string ApiProgram { get; init; }

    public RestartBackOff BackOff { get; init; } = RestartBackOff.Local;

    public required TimeProvider Clock { get; init; }
}
