namespace Rollouts.EndToEnd;

/// <summary>A canary that nobody can scrape, under a policy.</summary>
[Trait("Requires", "kubectl")]
public sealed class NeverReadyTests
{
    [Fact]
    public async Task A_canary_that_never_gets_ready_is_aborted_though_Argo_called_its_Rollout_Degraded_before()
    {
        await using var cluster = await LiveCluster.StartAsync(
            seed: 33, prepare: host => host.PutUnderPolicy(""", "neverReadyAfterSeconds": 15"""));
        await cluster.KubectlAsync(
            "patch", "rollout", "sample", "--type=merge", "-p", """{"spec": {"progressDeadlineSeconds": 5} }""");

        cluster.Host.ReleaseWith(("DEMO_FAULT_UNREADY", "onlyVersion=v1"));
        await cluster.UntilRolloutAsync("the deadline is over", rollout =>
            rollout["status"]!["conditions"]!.AsArray().Any(condition =>
                (string?)condition!["reason"] == "ProgressDeadlineExceeded"));
        Assert.Equal("Running", (string?)(await cluster.UntilRunAsync("a run", _ => true))["status"]!["phase"]);
        var run = await cluster.UntilRunAsync(
            "the report run failed", run => (string?)run["status"]?["phase"] == "Failed");

        Assert.StartsWith("NeverReady", (string?)run["status"]!["message"], StringComparison.Ordinal);
        await cluster.UntilRolloutAsync("the update is aborted", Releases.IsAborted);
    }
}
