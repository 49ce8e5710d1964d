using System.Net;

namespace Rollouts.LocalCluster;

/// <summary>What the controller is started with.</summary>
internal sealed record ControllerArguments(string Kubeconfig, string Namespace, IPEndPoint Listen, string LogFile)
{
    public IReadOnlyList<string> ToList() =>
    [
        "run",
        "--kubeconfig", Kubeconfig,
        "--namespace", Namespace,
        "--listen", Listen.ToString(),
        "--log-format", "text",
    ];
}
