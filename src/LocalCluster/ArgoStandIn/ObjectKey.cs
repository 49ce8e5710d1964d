using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn;

internal readonly record struct ObjectKey(string Namespace, string Name)
{
    public static ObjectKey Of(JsonObject item) =>
        new(item.Text("metadata", "namespace") ?? "", item.Text("metadata", "name") ?? "");

    public override string ToString() => $"{Namespace}/{Name}";
}
