using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>Points a Service at the pods of one hash, and marks it as Argo's (rollout/service.go, v1.10).</summary>
internal static class ServiceSelector
{
    /// <summary>A copy, which a switch changes too; null when none is named, or it is not there.</summary>
    public static JsonObject? Named(RolloutPass pass, string field)
    {
        var name = pass.Strategy.Text(field);
        var found = pass.State.Services.FirstOrDefault(item => item.Text("metadata", "name") == name);
        return (JsonObject?)found?.DeepClone();
    }

    public static string Hash(JsonObject? service) => service.Text("spec", "selector", ArgoNames.HashLabel) ?? "";

    public static void Switch(RolloutPass pass, JsonObject service, string hash)
    {
        var annotations = service.Child("metadata").Child("annotations");
        var before = Hash(service);
        if (before == hash && annotations[ArgoNames.ManagedBy] is not null)
            return;
        annotations[ArgoNames.ManagedBy] ??= pass.Name;
        service.Child("spec").Child("selector")[ArgoNames.HashLabel] = hash;
        var name = service.Text("metadata", "name")!;
        pass.Write(new ClusterWrite.Patch(ArgoNames.Services, name, new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["annotations"] = new JsonObject { [ArgoNames.ManagedBy] = pass.Name },
            },
            ["spec"] = new JsonObject { ["selector"] = new JsonObject { [ArgoNames.HashLabel] = hash } },
        }));
        pass.Emit("SwitchService", $"Switched selector for service '{name}' from '{before}' to '{hash}'");
    }
}
