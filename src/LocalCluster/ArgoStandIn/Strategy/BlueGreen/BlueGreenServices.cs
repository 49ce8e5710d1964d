using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy.BlueGreen;

/// <summary>
/// The active and the preview Service: Argo points their selectors at the pods of one hash each, and traffic follows
/// (rollout/service.go, v1.10).
/// </summary>
internal sealed class BlueGreenServices(RolloutPass pass)
{
    private readonly JsonObject? _active = ServiceSelector.Named(pass, "activeService");
    private readonly JsonObject? _preview = ServiceSelector.Named(pass, "previewService");

    /// <summary>Empty before the first version is up.</summary>
    public string ActiveHash => ServiceSelector.Hash(_active);

    public string PreviewHash => ServiceSelector.Hash(_preview);

    public void SwitchActive(string hash) => ServiceSelector.Switch(pass, _active!, hash);

    public void SwitchPreview(string hash)
    {
        if (_preview is not null)
            ServiceSelector.Switch(pass, _preview, hash);
    }
}
