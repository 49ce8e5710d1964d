using Rollouts.LocalCluster.ArgoStandIn;

namespace Rollouts.LocalCluster;

internal sealed record LocalClusterOptions
{
    /// <summary>Of everything random: addresses, pod names, arrivals, picks.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Port of the API server on 127.0.0.1; 0 takes a free one.</summary>
    public int ApiServerPort { get; init; }

    /// <summary>Port on 127.0.0.1 that stands for the Service <c>sample</c>; 0 takes a free one.</summary>
    public int ServicePort { get; init; }

    /// <summary>The program <c>api</c>, run for each pod.</summary>
    public required string ApiProgram { get; init; }

    /// <summary>The program <c>analysis-controller</c>.</summary>
    public required string ControllerProgram { get; init; }

    /// <summary>Folder of the CustomResourceDefinitions.</summary>
    public required string CrdFolder { get; init; }

    /// <summary>Folder of the kubeconfig, the controller's log; null makes one that goes with the cluster.</summary>
    public string? Folder { get; init; }

    /// <summary>Of Argo's controller and of the companion; null works on what carries no instance id.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Which Argo the stand-in plays.</summary>
    public ArgoRelease ArgoRelease { get; init; }

    /// <summary>
    /// How long Argo's controller does not see what others write to AnalysisRuns: its own writes may erase it then.
    /// </summary>
    public TimeSpan ArgoCacheLag { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
