using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Rollouts.LocalCluster;
using Rollouts.LocalCluster.Pods;
using Rollouts.LocalCluster.Traffic;

namespace Rollouts.EndToEnd;

/// <summary>
/// What is installed works: the real kubectl applies what the charts render, and the controller runs by the arguments
/// and the environment of its own Deployment.
/// </summary>
[Trait("Requires", "kubectl")]
public sealed class ChartsTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private readonly ProcessNursery _nursery = new();
    private readonly CancellationTokenSource _trafficStop = new();
    private readonly List<string> _log = [];
    private LocalClusterHost? _host;
    private ChildProcess? _controller;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private LocalClusterHost Host => _host!;

    [Fact]
    public async Task Every_accepted_rendering_is_taken_by_the_API_server()
    {
        await StartClusterAsync();
        foreach (var name in (string[])["rollouts-companion", "shop", "payments", "monitoring"])
        {
            await ApplyAsync($"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n");
        }

        var golden = Path.Combine(RepositoryFiles.Root(), "tests", "Charts", "golden");
        await KubectlAsync("", ["--dry-run=server", "--recursive", "--filename", golden]);
    }

    [Fact]
    public async Task A_bad_version_is_rolled_back_by_what_kubectl_applied_from_the_charts()
    {
        await StartClusterAsync();
        await ApplyAsync(Manifests("install.yaml"));
        await StartControllerAsync();
        await UntilAsync("a leader", () => Holder() is { Length: > 0 });
        await ApplyAsync(Sample("local"));
        await UntilAsync("a stable version", () => Status("phase") == "Healthy" && Status("stableRS") is not null);
        Host.StartTraffic(new LoadOptions { Seed = 23 }, _trafficStop.Token);
        await ApplyAsync(Sample("local-error"));
        await UntilAsync("the verdict", () => Runs().Any(run => (string?)run["status"]?["phase"] == "Failed"));
        await UntilAsync("the rollback", () => Status("phase") == "Degraded");

        var verdict = Runs().Single()["metadata"]!["annotations"]!["rollouts-companion.io/summary"]!;
        Assert.Contains("WorseThanStable", (string)verdict!, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _trafficStop.CancelAsync();
        if (_controller is { } controller)
        {
            await controller.StopAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
            await controller.DisposeAsync();
        }

        if (_host is { } host)
        {
            await host.DisposeAsync();
        }

        _nursery.Dispose();
        _trafficStop.Dispose();
    }

    private static string Manifests(string file) =>
        File.ReadAllText(Path.Combine(RepositoryFiles.Root(), file));

    /// <summary>The sample chart as it was accepted, without the pod of <c>helm test</c>.</summary>
    private string Sample(string set)
    {
        var text = Manifests(Path.Combine("tests", "Charts", "golden", "sample-api", $"{set}.yaml"));
        var documents = text.Split("---\n")
            .Where(document => !document.Contains("helm.sh/hook", StringComparison.Ordinal));
        return string.Join("---\n", documents)
            .Replace("containerPort: 8080", $"containerPort: {Host.PodPort}", StringComparison.Ordinal);
    }

    private async Task StartClusterAsync() =>
        _host = await LocalClusterHost.StartAsync(
            new LocalClusterOptions
            {
                Seed = 23,
                ApiProgram = RepositoryFiles.Program("Api", "api"),
                ControllerProgram = RepositoryFiles.Program("AnalysisController", "analysis-controller"),
                CrdFolder = RepositoryFiles.Crds(),
            },
            NullLoggerFactory.Instance,
            Cancellation
        );

    private Task ApplyAsync(string manifests) => KubectlAsync(manifests, ["--filename", "-"]);

    private async Task KubectlAsync(string input, string[] options)
    {
        var kubectl = await BuiltProgram.RunAsync(
            "kubectl",
            ["apply", "--server-side", "--force-conflicts", .. options],
            input: input,
            kubeconfig: Host.KubeconfigPath
        );
        Assert.True(kubectl.ExitCode == 0, kubectl.Error);
    }

    /// <summary>Changes only what a cluster would give: where the API server is, an address and a folder.</summary>
    private async Task StartControllerAsync()
    {
        var deployment = Host.Objects.Get("deployments.apps", "rollouts-companion", "analysis-controller")!;
        var container = deployment["spec"]!["template"]!["spec"]!["containers"]![0]!;
        var arguments = container["args"]!
            .AsArray()
            .Select(argument => (string)argument!)
            .Select(argument =>
                argument.StartsWith("--listen=", StringComparison.Ordinal) ? $"--listen={Host.NodeAddress}:8090"
                : argument.StartsWith("--data-dir=", StringComparison.Ordinal) ? $"--data-dir={Host.JournalFolder}"
                : argument
            );
        var environment = container["env"]!
            .AsArray()
            .ToDictionary(variable => (string)variable!["name"]!, variable => (string)variable!["value"]!);
        _controller = await ChildProcess.StartAsync(
            _nursery,
            RepositoryFiles.Program("AnalysisController", "analysis-controller"),
            [.. arguments, "--kubeconfig", Host.KubeconfigPath],
            environment,
            _log.Add
        );
    }

    private string? Holder() =>
        (string?)Host.Objects.Get("leases.coordination.k8s.io", "rollouts-companion", "analysis-controller")
            ?["spec"]?["holderIdentity"];

    private string? Status(string field) =>
        (string?)Host.Objects.Get("rollouts.argoproj.io", "default", "sample")?["status"]?[field];

    private IReadOnlyList<JsonObject> Runs() => [.. Host.Objects.List("analysisruns.argoproj.io", "default")];

    private async Task UntilAsync(string what, Func<bool> holds)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.False(_controller?.Ended.IsCompleted ?? false, string.Join('\n', _log.TakeLast(5)));
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Limit, $"not within {Limit}: {what}");
            await Task.Delay(LookInterval, TimeProvider.System, Cancellation);
        }
    }
}
