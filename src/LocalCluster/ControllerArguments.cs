using System.Net;

namespace Rollouts.LocalCluster;

/// <summary>What the controller is started with.</summary>
/// <param name="More">Further options, as on its command line.</param>
internal sealed record ControllerArguments(
    string Kubeconfig, string Namespace, IPEndPoint Listen, string LogFile, IReadOnlyList<string> More)
{
    public IReadOnlyList<string> ToList() =>
    [
        "run",
        "--kubeconfig", Kubeconfig,
        "--namespace", Namespace,
        "--listen", Listen.ToString(),
        "--log-format", "text",
        .. More,
    ];
}
