using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;

namespace Rollouts.LocalCluster.ArgoStandIn;

/// <summary>
/// Which of several Argo controllers this one is: it works on what carries its id, and without an id on what carries
/// none (utils/controller/controller.go:288-300, v1.10). ReplicaSets carry none in any case.
/// </summary>
internal sealed record InstanceId(string? Value)
{
    public static readonly InstanceId None = new((string?)null);

    public bool Owns(JsonObject item) => item.Text("metadata", "labels", ArgoNames.InstanceLabel) == Value;
}
