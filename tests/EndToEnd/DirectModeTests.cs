using System.Text.Json.Nodes;

namespace Rollouts.EndToEnd;

/// <summary>A Rollout without any analysis of its own, under a policy, on real pods.</summary>
[Trait("Requires", "kubectl")]
public sealed class DirectModeTests
{
    [Fact]
    public async Task A_policy_alone_rolls_a_bad_canary_back_and_kubectl_reads_why()
    {
        await using var cluster = await LiveCluster.StartAsync(seed: 31, prepare: host => host.PutUnderPolicy());

        cluster.Host.ReleaseUnderOwnStrategy("bad-errors");
        await cluster.UntilRolloutAsync("the update is aborted", Releases.IsAborted);
        var run = await cluster.UntilRunAsync("the report run failed", HasFailed);

        Assert.StartsWith("WorseThanStable", (string?)run["status"]!["message"], StringComparison.Ordinal);
        Assert.Equal("Aborted", (string?)run["metadata"]!["annotations"]!["rollouts-companion.io/action"]);
        var policy = await cluster.KubectlAsync("get", "cpol", "sample");
        Assert.Matches(@"sample\s+sample\s+Enforce\s+Abort\s+True", policy);
        await cluster.KubectlAsync("wait", "--for=condition=Ready", "cpol/sample", "--timeout=5s");
        var events = await cluster.KubectlAsync("describe", "cpol", "sample");
        Assert.Matches("CanaryAborted.*Rollout sample", events);
        Assert.Matches("MetricsProfileDetected.*OpenTelemetry", events);
        var explained = await BuiltProgram.ControllerAsync(
            "explain", "rollout", "sample", "-n", "default", "--kubeconfig", cluster.Host.KubeconfigPath);
        Assert.Matches(@"note +the update to \w+ was aborted: stable \w+ serves", explained.Output);
        Assert.Contains(
            $"AnalysisRun {run["metadata"]!["name"]}: WorseThanStable", explained.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_canary_that_crash_loops_is_aborted_though_no_run_of_Argos_exists()
    {
        await using var cluster = await LiveCluster.StartAsync(seed: 32, prepare: host => host.PutUnderPolicy());

        cluster.Host.ReleaseUnderOwnStrategy("crashloop");
        await cluster.UntilRolloutAsync("the update is aborted", Releases.IsAborted);
        var run = await cluster.UntilRunAsync("the report run failed", HasFailed);

        Assert.StartsWith("CrashLoop", (string?)run["status"]!["message"], StringComparison.Ordinal);
    }

    private static bool HasFailed(JsonObject run) => (string?)run["status"]?["phase"] == "Failed";
}
