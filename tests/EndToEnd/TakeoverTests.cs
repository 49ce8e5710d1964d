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
        "8s",
        "--leader-elect-renew-deadline",
        "6s",
        "--leader-elect-retry-period",
        "500ms",
        "--log-level",
        "debug",
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
        Assert.Equal(MetricsReference.Documented(), MetricsReference.Exposed(await JudgingAsync(leader)));
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
        Assert.Equal(["CanaryAnalysisFailed", "CanaryAnalysisStarted", "MetricsProfileDetected"], told.Order());

        var replay = await BuiltProgram.ControllerAsync("replay", cluster.JournalOf(ended), "-o", "table");
        Assert.True(replay.ExitCode == 1, $"exit code {replay.ExitCode}: {replay.Output}\n{replay.Error}");
        var alive = await BuiltProgram.ControllerAsync("hc", standby.Address.Authority);
        Assert.Equal((0, ""), (alive.ExitCode, alive.Error));

        await standby.StopAsync();

        var dead = await BuiltProgram.ControllerAsync("hc", standby.Address.Authority);
        Assert.Equal(1, dead.ExitCode);
        var requested = AccessReference.Requested(
            await File.ReadAllLinesAsync(cluster.Host.ControllerLogPath, Cancellation)
        );
        Assert.Superset(
            new HashSet<string>
            {
                "coordination.k8s.io leases create",
                "argoproj.io analysisruns patch",
                "core events create",
                "core pods watch",
            },
            requested
        );
        Assert.Subset(AccessReference.Documented(MetricsReference.Page("operations.md")), requested);

        var lease = cluster.Host.Objects.Get("leases.coordination.k8s.io", "default", "analysis-controller");
        Assert.Equal("", (string?)lease!["spec"]!["holderIdentity"]);
        Assert.Equal(1, (int?)lease["spec"]!["leaseTransitions"]);
    }

    /// <summary>What a controller exposes while it judges: every series is there.</summary>
    private static async Task<string> JudgingAsync(ControllerProcess controller)
    {
        var exposition = "";
        for (var look = 0; look < 100; look++)
        {
            exposition = await MetricsAsync(controller);
            if (exposition.Contains("canary_analysis_metric_estimate{", StringComparison.Ordinal))
            {
                break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation);
        }

        return exposition;
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
