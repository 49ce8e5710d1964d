using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy.BlueGreen;

/// <summary>
/// The active and the preview Service: Argo points their selectors at the pods of one hash each, and traffic follows
/// (rollout/service.go, v1.10).
/// </summary>
internal sealed class BlueGreenServices(RolloutPass pass)
{
    private readonly JsonObject? _active = Named(pass, "activeService");
    private readonly JsonObject? _preview = Named(pass, "previewService");

    /// <summary>Empty before the first version is up.</summary>
    public string ActiveHash => Hash(_active);

    public string PreviewHash => Hash(_preview);

    public void SwitchActive(string hash) => Switch(_active!, hash);

    public void SwitchPreview(string hash)
    {
        if (_preview is not null)
            Switch(_preview, hash);
    }

    private static JsonObject? Named(RolloutPass pass, string field)
    {
        var name = pass.BlueGreen.Text(field);
        var found = pass.State.Services.FirstOrDefault(item => item.Text("metadata", "name") == name);
        return (JsonObject?)found?.DeepClone();
    }

    private static string Hash(JsonObject? service) => service.Text("spec", "selector", ArgoNames.HashLabel) ?? "";

    private void Switch(JsonObject service, string hash)
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
