using System.Globalization;
using Rollouts.LocalCluster.Traffic;

namespace Rollouts.LocalCluster.Scenarios;

/// <summary>
/// The whole demo: cluster, controller, traffic, one story after the other, and what is left to read.
/// </summary>
internal sealed class Demo(LocalClusterHost host, DemoConsole console, int seed, TimeProvider clock)
{
    private const double RequestsPerSecond = 500;

    private LoadGenerator? _traffic;
    private CancellationTokenSource? _trafficStop;

    /// <returns>Whether every scenario ended as it must.</returns>
    public async Task<bool> RunAsync(IReadOnlyList<Scenario> scenarios, CancellationToken cancellation)
    {
        var results = await console.RunAsync(() => PlayAllAsync(scenarios, cancellation));
        await ConcludeAsync(results, cancellation);
        return results.All(result => result.IsExpected);
    }

    private async Task<List<ScenarioResult>> PlayAllAsync(
        IReadOnlyList<Scenario> scenarios,
        CancellationToken cancellation)
    {
        console.Say($"seed {seed}, API server {host.ApiServerAddress}, pods {host.NodeAddress}/24");
        console.Progress("starting the analysis controller");
        var controller = await host.StartControllerAsync();
        var story = new DemoStory(host, console, () => _traffic?.Counts ?? TrafficCounts.Zero, clock);
        await story.DeployFirstVersionAsync(scenarios[0], cancellation);
        await controller.UntilReadyAsync(cancellation);
        var results = new List<ScenarioResult>();
        foreach (var scenario in scenarios)
        {
            await SetTrafficAsync(scenario.HasTraffic, cancellation);
            var version = $"v{results.Count + 2}";
            results.Add(await story.PlayAsync(scenario, version, cancellation));
        }

        return results;
    }

    private async Task SetTrafficAsync(bool wanted, CancellationToken cancellation)
    {
        if (wanted == _traffic is not null)
            return;
        if (_trafficStop is not null)
            await _trafficStop.CancelAsync();
        _traffic = null;
        if (!wanted)
            return;
        _trafficStop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var load = new LoadOptions { Seed = seed, RequestsPerSecond = RequestsPerSecond };
        _traffic = host.StartTraffic(load, _trafficStop.Token);
        console.Say($"traffic: {load.RequestsPerSecond:0} requests/s of GET {load.Path} to the ready pods");
    }

    private async Task ConcludeAsync(List<ScenarioResult> results, CancellationToken cancellation)
    {
        var names = results.Select(result => result.RunName).Where(name => name.Length > 0).ToList();
        console.Say("");
        if (names.Count > 0)
            await ShowRunsAsync(names, cancellation);
        foreach (var result in results)
        {
            console.Say("");
            var scenario = result.Scenario;
            var expected = result.IsExpected ? "" : $" (expected {scenario.ExpectedPhase}, {scenario.ExpectedOutcome})";
            console.Say(
                $"{scenario.Name}: {result.RunPhase}, {result.Outcome?.ToString() ?? "no outcome"}{expected}",
                result.IsExpected ? Tone.Good : Tone.Bad);
            console.Say($"  analysis run: {result.RunMessage}");
            console.Say($"  rollout: {result.RolloutMessage}");
            SaySeconds("  from fault to verdict", result.Scenario.Fault is null ? null : result.FaultToVerdict);
            SaySeconds("  from verdict to all traffic back on stable", result.VerdictToAllStable);
        }
    }

    private async Task ShowRunsAsync(List<string> names, CancellationToken cancellation)
    {
        if (await host.FindKubectlAsync() is not { } kubectl)
        {
            console.Say("AnalysisRuns, as kubectl would show them:");
            console.Say(await RunTable.FetchAsync(host.ApiServerAddress, names, cancellation));
            return;
        }

        console.Say($"$ kubectl get analysisruns {string.Join(' ', names)}");
        console.Say(await kubectl.RunAsync(["get", "analysisruns", .. names], host.KubeconfigPath));
    }

    private void SaySeconds(string what, TimeSpan? time)
    {
        if (time is { } seconds)
            console.Say(string.Create(CultureInfo.InvariantCulture, $"{what}: {seconds.TotalSeconds:0.0} s"));
    }
}
