using System.Text.Json.Nodes;
using Rollouts.LocalCluster;

namespace Rollouts.EndToEnd;

/// <summary>Prometheus' own linter on what the programs expose while they are at work.</summary>
[Trait("Requires", "promtool")]
public sealed class PromtoolTests
{
    private const int MostLooks = 300;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Promtool_finds_nothing_wrong_with_the_metrics_and_they_are_those_that_dashboards_ask_for()
    {
        await using var cluster = await LiveCluster.StartAsync(seed: 14);
        cluster.Release("bad-errors", "v2");
        var metrics = new Uri(cluster.Controller.Address, "/metrics");
        var judging = await UntilJudgingAsync(metrics);
        await cluster.UntilRunAsync("a verdict", run => (string?)run["status"]?["phase"] == "Failed");
        var pod = cluster
            .Host.Objects.List("pods", "default")
            .First(item => (string?)item["status"]?["podIP"] is not null);
        var address = (string)pod["status"]!["podIP"]!;

        var api = await CheckAsync(new Uri($"http://{address}:{cluster.Host.PodPort}/metrics"));
        var controller = await CheckAsync(metrics);

        Assert.Contains("http_server_request_duration_seconds_bucket{", api, StringComparison.Ordinal);
        Assert.Contains(
            "controller_runtime_reconcile_total{controller=\"rollout\"",
            controller,
            StringComparison.Ordinal
        );
        Assert.Contains("canary_analysis_runs_total{verdict=\"Abort\"} 1", controller, StringComparison.Ordinal);
        // A pod without a database checks none, and a controller alone elects nobody: their own tests show these two.
        AssertAsked("sample-api", api, except: "dependency_check_duration_seconds_count");
        AssertAsked("analysis-controller", judging + controller, except: "leader_election_master_status");
    }

    /// <summary>The list is what tests/Charts finds in the charts' queries.</summary>
    private static void AssertAsked(string program, string exposed, string except)
    {
        var list = File.ReadAllText(Path.Combine(RepositoryFiles.Root(), "tests", "Charts", "asked-metrics.json"));
        var families = exposed
            .Split('\n')
            .Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal))
            .Select(line => line.Split(' '))
            .DistinctBy(words => words[2])
            .ToDictionary(words => words[2], words => words[3]);
        var missing = JsonNode.Parse(list)![program]!
            .AsArray()
            .Select(name => (string)name!)
            .Where(name => name != except)
            .Where(name => !families.ContainsKey(name) && !IsPartOfHistogram(name, families));
        Assert.Empty(missing);
    }

    private static bool IsPartOfHistogram(string name, Dictionary<string, string> families) =>
        families.GetValueOrDefault(name[..Math.Max(name.LastIndexOf('_'), 0)]) == "histogram";

    /// <summary>What is said of both versions is there only while they are judged.</summary>
    private static async Task<string> UntilJudgingAsync(Uri metrics)
    {
        using var http = new HttpClient();
        for (var look = 0; look < MostLooks; look++)
        {
            var body = await http.GetStringAsync(metrics, TestContext.Current.CancellationToken);
            if (body.Contains("\ncanary_analysis_metric_estimate{", StringComparison.Ordinal))
            {
                return body;
            }

            await Task.Delay(LookInterval, TimeProvider.System, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"{metrics}: no estimate in {MostLooks} looks, one each {LookInterval}");
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
