using System.Text.Json.Nodes;
using Rollouts.LocalCluster;

namespace Rollouts.EndToEnd;

/// <summary>Two controllers, one lease: the second goes on where the first was killed.</summary>
public sealed class TakeoverTests
{
    private static readonly string[] Options =
    [
        "--leader-elect",
        "--leader-elect-lease-duration",
        "4s",
        "--leader-elect-renew-deadline",
        "3s",
        "--leader-elect-retry-period",
        "500ms",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_standby_takes_over_from_a_killed_leader_and_the_verdict_is_right_and_written_once()
    {
        await using var cluster = await LiveCluster.StartAsync(seed: 21, controllerOptions: Options);
        var leader = cluster.Controller;
        await cluster.StartControllerAsync(Options);
        var standby = cluster.Controller;
        Assert.Contains("leader_election_master_status{name=\"analysis-controller\"} 1", await MetricsAsync(leader));

        cluster.Release("bad-errors", "v2");
        var run = await cluster.UntilRunAsync("evidence is checkpointed", run => JudgedAt(run) is not null);
        var idle = await MetricsAsync(standby);
        Assert.Contains("leader_election_master_status{name=\"analysis-controller\"} 0", idle);
        Assert.DoesNotContain("method=\"PATCH\"", idle);
        Assert.DoesNotContain("method=\"POST\"", idle);
        await leader.KillAsync();

        var name = (string)run["metadata"]!["name"]!;
        var ended = await cluster.UntilRunAsync(
            $"run {name} has ended",
            other => (string?)other["metadata"]!["name"] == name && (string?)other["status"]?["phase"] == "Failed"
        );

        Assert.Contains("taken up at", Summary(ended), StringComparison.Ordinal);
        var metric = Assert.Single(ended["status"]!["metricResults"]!.AsArray())!;
        Assert.Single(metric["measurements"]!.AsArray());
        Assert.Equal(1, (int?)metric["count"]);
        Assert.Contains("leader_election_master_status{name=\"analysis-controller\"} 1", await MetricsAsync(standby));
        var told = cluster
            .Host.Objects.List("events", "default")
            .Where(item => (string?)item["source"]?["component"] == "analysis-controller")
            .Select(item => (string?)item["reason"]);
        Assert.Equal(["CanaryAnalysisFailed", "CanaryAnalysisStarted"], told.Order());

        await standby.StopAsync();

        var lease = cluster.Host.Objects.Get("leases.coordination.k8s.io", "default", "analysis-controller");
        Assert.Equal("", (string?)lease!["spec"]!["holderIdentity"]);
        Assert.Equal(1, (int?)lease["spec"]!["leaseTransitions"]);
    }

    private static string? JudgedAt(JsonObject run) =>
        (string?)run["metadata"]!["annotations"]?["rollouts-companion.io/checkpoint"];

    private static string Summary(JsonObject run) =>
        (string?)run["metadata"]!["annotations"]?["rollouts-companion.io/summary"] ?? "";

    private static async Task<string> MetricsAsync(ControllerProcess controller)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(controller.Address, "/metrics"), Cancellation);
    }
}
