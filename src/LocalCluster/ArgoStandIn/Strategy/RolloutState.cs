using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>All that a reconcile of one Rollout looks at.</summary>
internal sealed record RolloutState
{
    public required JsonObject Rollout { get; init; }

    /// <summary>The Deployment that spec.workloadRef names; null when there is none.</summary>
    public JsonObject? Workload { get; init; }

    /// <summary>Those that the Rollout controls.</summary>
    public IReadOnlyList<JsonObject> ReplicaSets { get; init; } = [];

    /// <summary>Every AnalysisRun of the namespace that this controller may see.</summary>
    public IReadOnlyList<JsonObject> Runs { get; init; } = [];

    /// <summary>Every Experiment of the namespace that this controller may see.</summary>
    public IReadOnlyList<JsonObject> Experiments { get; init; } = [];

    /// <summary>Every Service of the namespace.</summary>
    public IReadOnlyList<JsonObject> Services { get; init; } = [];

    public AnalysisTemplates Templates { get; init; } = new([], []);

    public required DateTimeOffset Now { get; init; }
}

/// <param name="NextAt">When to reconcile again though nothing changes.</param>
internal sealed record RolloutPlan(IReadOnlyList<ClusterWrite> Writes, DateTimeOffset? NextAt);
