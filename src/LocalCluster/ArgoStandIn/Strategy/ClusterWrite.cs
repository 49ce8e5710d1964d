using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>One thing that a reconcile of a Rollout wants done, in the Rollout's namespace.</summary>
internal abstract record ClusterWrite
{
    private ClusterWrite()
    {
    }

    public sealed record Create(string Resource, JsonObject Body) : ClusterWrite;

    /// <summary>A merge patch without resourceVersion, as Argo sends them.</summary>
    public sealed record Patch(string Resource, string Name, JsonObject Body, string? Subresource = null)
        : ClusterWrite;

    public sealed record Delete(string Resource, string Name) : ClusterWrite;

    /// <summary>An Event about the Rollout.</summary>
    public sealed record Emit(ObjectEvent Event) : ClusterWrite;
}
