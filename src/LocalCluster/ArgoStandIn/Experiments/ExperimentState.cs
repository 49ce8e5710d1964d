using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;

namespace Rollouts.LocalCluster.ArgoStandIn.Experiments;

/// <summary>All that a reconcile of one Experiment looks at.</summary>
internal sealed record ExperimentState
{
    public required JsonObject Experiment { get; init; }

    /// <summary>Those that the Experiment controls.</summary>
    public IReadOnlyList<JsonObject> ReplicaSets { get; init; } = [];

    public IReadOnlyList<JsonObject> Runs { get; init; } = [];

    public IReadOnlyList<JsonObject> Services { get; init; } = [];

    public required AnalysisTemplates Templates { get; init; }

    public required DateTimeOffset Now { get; init; }
}
