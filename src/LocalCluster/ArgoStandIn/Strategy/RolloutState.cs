using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>All that a reconcile of one Rollout looks at.</summary>
/// <param name="ReplicaSets">Those that the Rollout controls.</param>
/// <param name="Runs">Every AnalysisRun of the namespace that this controller may see.</param>
/// <param name="Services">Every Service of the namespace.</param>
internal sealed record RolloutState(
    JsonObject Rollout,
    IReadOnlyList<JsonObject> ReplicaSets,
    IReadOnlyList<JsonObject> Runs,
    IReadOnlyList<JsonObject> Services,
    AnalysisTemplates Templates,
    DateTimeOffset Now);

/// <param name="NextAt">When to reconcile again though nothing changes.</param>
internal sealed record RolloutPlan(IReadOnlyList<ClusterWrite> Writes, DateTimeOffset? NextAt);
