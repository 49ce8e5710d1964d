using System.Globalization;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>A ReplicaSet of the Rollout, with the few fields that a strategy looks at.</summary>
internal sealed class ReplicaSetView(JsonObject json)
{
    public JsonObject Json => json;
    public string Name => json.Text("metadata", "name") ?? "";
    public string Hash => json.Text("metadata", "labels", ArgoNames.HashLabel) ?? "";
    public bool IsBeingDeleted => json.Text("metadata", "deletionTimestamp") is not null;
    public int Replicas => json.Int("spec", "replicas") ?? 1;
    public int CurrentReplicas => json.Int("status", "replicas") ?? 0;
    public int ReadyReplicas => json.Int("status", "readyReplicas") ?? 0;
    public int AvailableReplicas => json.Int("status", "availableReplicas") ?? 0;
    public int? DesiredReplicas => json.Object("metadata", "annotations").Int(ArgoNames.DesiredReplicas);
    public DateTimeOffset? ScaleDownDeadline => json.Instant("metadata", "annotations", ArgoNames.ScaleDownDeadline);

    public int Revision =>
        int.TryParse(json.Text("metadata", "annotations", ArgoNames.Revision), NumberStyles.None,
            CultureInfo.InvariantCulture, out var revision)
            ? revision
            : 0;
}
