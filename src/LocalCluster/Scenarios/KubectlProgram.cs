using System.Text;
using System.Text.RegularExpressions;
using Rollouts.LocalCluster.Pods;

namespace Rollouts.LocalCluster.Scenarios;

/// <summary>The kubectl on the PATH, if there is one of version 1.30 or newer.</summary>
internal sealed partial class KubectlProgram
{
    private const int OldestMinor = 30;

    private readonly string _path;
    private readonly ProcessNursery _nursery;

    private KubectlProgram(string path, ProcessNursery nursery)
    {
        _path = path;
        _nursery = nursery;
    }

    public static async Task<KubectlProgram?> FindAsync(ProcessNursery nursery)
    {
        if (ProcessNursery.FindOnPath("kubectl") is not { } path)
            return null;
        var kubectl = new KubectlProgram(path, nursery);
        var version = Version().Match(await kubectl.RunAsync(["version", "--client"]));
        return version.Success
            && int.TryParse(version.Groups["minor"].ValueSpan, out var minor)
            && minor >= OldestMinor
            ? kubectl
            : null;
    }

    /// <returns>What it printed, errors included.</returns>
    public async Task<string> RunAsync(IReadOnlyList<string> arguments, string? kubeconfig = null)
    {
        var output = new StringBuilder();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        if (kubeconfig is not null)
            environment["KUBECONFIG"] = kubeconfig;
        await using var process = await ChildProcess.StartAsync(_nursery, _path, arguments, environment, line =>
        {
            lock (output)
                output.Append(line).Append('\n');
        });
        await process.Ended;
        lock (output)
            return output.ToString().TrimEnd('\n');
    }

    [GeneratedRegex(@"Client Version: v1\.(?<minor>\d+)")]
    private static partial Regex Version();
}
