using System.Text.Json.Nodes;
using Rollouts.LocalCluster;
using Rollouts.LocalCluster.ApiServer;

namespace Rollouts.EndToEnd;

/// <summary>
/// Argo writes its user's own metric from a cache that lags, and with it all results of the run: a verdict of ours is
/// gone as if it had never been.
/// </summary>
public sealed class StaleWriteTests
{
    private const string Runs = "analysisruns.argoproj.io";
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task A_verdict_that_Argos_stale_write_erased_is_asserted_again_within_seconds_until_the_run_has_ended()
    {
        await using var cluster = await LiveCluster.StartAsync(seed: 44, prepare: WithAWebMetric);
        cluster.Release("bad-errors", "v2");
        await cluster.UntilRunAsync(
            "both metrics have a result",
            run => run["status"]?["metricResults"] is JsonArray { Count: 2 } && PhaseOfOurs(run) == "Running");

        cluster.Host.Argo.Runs.HoldBack();
        var story = await FollowAsync(cluster, until: ["Running", "Failed", "Running", "Failed"]);
        cluster.Host.Argo.Runs.Release();

        Assert.InRange(story[3].At - story[2].At, TimeSpan.Zero, Seconds);
        var run = await cluster.UntilRunAsync(
            "the run has ended", run => (string?)run["status"]!["phase"] == "Failed");
        Assert.Contains("WorseThanStable: errors", (string?)run["status"]!["message"], StringComparison.Ordinal);
        Assert.Equal("Failed", PhaseOfOurs(run));
        await cluster.UntilRolloutAsync("the update is aborted", Releases.IsAborted);
    }

    /// <summary>The phases of our metric one after the other, each with the instant at which it was seen.</summary>
    private static async Task<List<(string Phase, DateTimeOffset At)>> FollowAsync(
        LiveCluster cluster, params IReadOnlyList<string> until)
    {
        var story = new List<(string Phase, DateTimeOffset At)>();
        await foreach (var change in cluster.Host.Objects.WatchAsync(Runs, TestContext.Current.CancellationToken))
        {
            // A result that is gone altogether is as good as one that has no verdict.
            var phase = PhaseOfOurs(change.Object) ?? "Running";
            if (change.Type == ClusterEventType.Deleted || story is [.., var last] && last.Phase == phase)
            {
                continue;
            }

            story.Add((phase, TimeProvider.System.GetUtcNow()));
            if (story.Select(entry => entry.Phase).SequenceEqual(until))
            {
                break;
            }
        }

        return story;
    }

    private static string? PhaseOfOurs(JsonObject run) =>
        (string?)run["status"]?["metricResults"]?.AsArray()
            .FirstOrDefault(result => (string?)result!["name"] == "canary")?["phase"];

    /// <summary>Asks the API server for its version each second: it always answers.</summary>
    private static void WithAWebMetric(LocalClusterHost host)
    {
        const string resource = "analysistemplates.argoproj.io";
        var metrics = host.Objects.Get(resource, "default", "canary")!["spec"]!["metrics"]!.DeepClone().AsArray();
        metrics.Add(
            JsonNode.Parse(
                $$"""
                {"name": "web", "interval": "1s", "count": 10000,
                 "provider": {"web": {"url": "{{host.ApiServerAddress}}version", "jsonPath": "{$.major}"} } }
                """));
        var patch = new JsonObject { ["spec"] = new JsonObject { ["metrics"] = metrics } };
        host.Objects.MergePatch(resource, "default", "canary", patch);
    }
}
