using System.Net;

namespace Rollouts.LocalCluster;

/// <summary>What the controller is started with.</summary>
/// <param name="DataFolder">Of its journal.</param>
/// <param name="More">Options that this one controller has.</param>
internal sealed record ControllerArguments(
    string Kubeconfig,
    string Namespace,
    IPEndPoint Listen,
    string LogFile,
    string DataFolder,
    IReadOnlyList<string> More)
{
    public IReadOnlyList<string> ToList() =>
    [
        "run",
        "--kubeconfig", Kubeconfig,
        "--namespace", Namespace,
        "--listen", Listen.ToString(),
        "--log-format", "text",
        "--data-dir", DataFolder,
        .. More,
    ];
}
