using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Rollouts.LocalCluster;
using Rollouts.LocalCluster.Scenarios;
using Rollouts.LocalCluster.Traffic;

namespace Rollouts.EndToEnd;

/// <summary>A local cluster in this process, with pods, controller and traffic, to be driven step by step.</summary>
internal sealed class LiveCluster : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);
    private readonly CancellationTokenSource _trafficStop = new();

    private LiveCluster(LocalClusterHost host) => Host = host;

    public LocalClusterHost Host { get; }

    public ControllerProcess Controller { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The first version is healthy and stable, the controller ready, the traffic flowing.</summary>
    public static async Task<LiveCluster> StartAsync(
        int seed,
        bool traffic = true,
        Action<LocalClusterHost>? prepare = null,
        IReadOnlyList<string>? controllerOptions = null
    )
    {
        var host = await LocalClusterHost.StartAsync(
            new LocalClusterOptions
            {
                Seed = seed,
                ApiProgram = RepositoryFiles.Program("Api", "api"),
                ControllerProgram = RepositoryFiles.Program("AnalysisController", "analysis-controller"),
                CrdFolder = RepositoryFiles.Crds(),
            },
            NullLoggerFactory.Instance,
            Cancellation
        );
        var cluster = new LiveCluster(host);
        try
        {
            SampleManifests.Create(host.Objects, host.PodPort);
            prepare?.Invoke(host);
            await cluster.StartControllerAsync(controllerOptions ?? []);
            await cluster.UntilRolloutAsync(
                "the first version is stable",
                rollout =>
                    (string?)rollout["status"]?["phase"] == "Healthy"
                    && (string?)rollout["status"]!["stableRS"] == (string?)rollout["status"]!["currentPodHash"]
                    && (string?)rollout["status"]!["stableRS"] is { Length: > 0 }
            );
            if (traffic)
            {
                host.StartTraffic(new LoadOptions { Seed = seed }, cluster._trafficStop.Token);
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <param name="options">Further options of <c>run</c>.</param>
    public async Task StartControllerAsync(params IReadOnlyList<string> options)
    {
        Controller = await Host.StartControllerAsync(options);
        await Controller.UntilReadyAsync(Cancellation);
    }

    /// <summary>The one file of the journal that is about this run.</summary>
    public string JournalOf(JsonObject run)
    {
        var (name, uid) = ((string)run["metadata"]!["name"]!, (string)run["metadata"]!["uid"]!);
        return Path.Combine(Host.JournalFolder, "default", $"{name}.{uid[..8]}.jsonl");
    }

    public void Release(string scenario, string version) =>
        SampleManifests.Release(Host.Objects, ScenarioTable.All.Single(known => known.Name == scenario), version);

    public Task<JsonObject> UntilRunAsync(string what, Func<JsonObject, bool> holds) =>
        UntilAsync(what, () => Host.Objects.List("analysisruns.argoproj.io", "default").LastOrDefault(holds));

    public Task<JsonObject> UntilRolloutAsync(string what, Func<JsonObject, bool> holds) =>
        UntilAsync(
            what,
            () =>
                Host.Objects.Get("rollouts.argoproj.io", "default", "sample") is { } rollout && holds(rollout)
                    ? rollout
                    : null
        );

    /// <summary>The real kubectl against this cluster.</summary>
    public async Task<string> KubectlAsync(params string[] arguments)
    {
        var kubectl = await BuiltProgram.RunAsync("kubectl", arguments, kubeconfig: Host.KubeconfigPath);
        Assert.True(kubectl.ExitCode == 0, $"kubectl {string.Join(' ', arguments)}: {kubectl.Error}");
        return kubectl.Output;
    }

    public async ValueTask DisposeAsync()
    {
        await _trafficStop.CancelAsync();
        await Host.DisposeAsync();
        _trafficStop.Dispose();
    }

    private static async Task<JsonObject> UntilAsync(string what, Func<JsonObject?> look)
    {
        var started = TimeProvider.System.GetTimestamp();
        JsonObject? found;
        while ((found = look()) is null)
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(started) < Limit,
                $"not within {Limit.TotalSeconds} s: {what}"
            );
            await Task.Delay(LookInterval, TimeProvider.System, Cancellation);
        }

        return found;
    }
}
