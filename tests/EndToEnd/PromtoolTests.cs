namespace Rollouts.EndToEnd;

/// <summary>Prometheus' own linter on what the programs expose while they are at work.</summary>
[Trait("Requires", "promtool")]
public sealed class PromtoolTests
{
    [Fact]
    public async Task Promtool_finds_nothing_wrong_with_the_metrics_of_API_and_controller()
    {
        await using var cluster = await LiveCluster.StartAsync(seed: 14);
        cluster.Release("bad-errors", "v2");
        await cluster.UntilRunAsync("a verdict", run => (string?)run["status"]?["phase"] == "Failed");
        var pod = cluster
            .Host.Objects.List("pods", "default")
            .First(item => (string?)item["status"]?["podIP"] is not null);
        var address = (string)pod["status"]!["podIP"]!;

        var api = await CheckAsync(new Uri($"http://{address}:{cluster.Host.PodPort}/metrics"));
        var controller = await CheckAsync(new Uri(cluster.Controller.Address, "/metrics"));

        Assert.Contains("http_server_request_duration_seconds_bucket{", api, StringComparison.Ordinal);
        Assert.Contains(
            "controller_runtime_reconcile_total{controller=\"rollout\"",
            controller,
            StringComparison.Ordinal
        );
        Assert.Contains("canary_analysis_runs_total{verdict=\"Abort\"} 1", controller, StringComparison.Ordinal);
    }

    private static async Task<string> CheckAsync(Uri metrics)
    {
        using var http = new HttpClient();
        var body = await http.GetStringAsync(metrics, TestContext.Current.CancellationToken);
        var promtool = await BuiltProgram.RunAsync("promtool", ["check", "metrics"], input: body);
        Assert.True(promtool.ExitCode == 0, $"{metrics}: {promtool.Output} {promtool.Error}");
        return body;
    }
}
