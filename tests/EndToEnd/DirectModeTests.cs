using System.Text.Json.Nodes;
using Rollouts.LocalCluster;

namespace Rollouts.EndToEnd;

/// <summary>A Rollout without any analysis of its own, under a policy, on real pods.</summary>
[Trait("Requires", "kubectl")]
public sealed class DirectModeTests
{
    [Fact]
    public async Task A_policy_alone_rolls_a_bad_canary_back_and_kubectl_reads_why()
    {
        await using var cluster = await LiveCluster.StartAsync(seed: 31, prepare: UnderPolicy);

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
        await using var cluster = await LiveCluster.StartAsync(seed: 32, prepare: UnderPolicy);

        cluster.Host.ReleaseUnderOwnStrategy("crashloop");
        await cluster.UntilRolloutAsync("the update is aborted", Releases.IsAborted);
        var run = await cluster.UntilRunAsync("the report run failed", HasFailed);

        Assert.StartsWith("CrashLoop", (string?)run["status"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_canary_that_never_gets_ready_is_aborted_though_Argo_called_its_Rollout_Degraded_before()
    {
        await using var cluster = await LiveCluster.StartAsync(
            seed: 33, prepare: host => UnderPolicy(host, """, "neverReadyAfterSeconds": 15"""));
        await cluster.KubectlAsync(
            "patch", "rollout", "sample", "--type=merge", "-p", """{"spec": {"progressDeadlineSeconds": 5} }""");

        cluster.Host.ReleaseWith(("DEMO_FAULT_UNREADY", "onlyVersion=v1"));
        await cluster.UntilRolloutAsync("the deadline is over", rollout =>
            rollout["status"]!["conditions"]!.AsArray().Any(condition =>
                (string?)condition!["reason"] == "ProgressDeadlineExceeded"));
        Assert.Equal("Running", (string?)(await cluster.UntilRunAsync("a run", _ => true))["status"]!["phase"]);
        var run = await cluster.UntilRunAsync("the report run failed", HasFailed);

        Assert.StartsWith("NeverReady", (string?)run["status"]!["message"], StringComparison.Ordinal);
        await cluster.UntilRolloutAsync("the update is aborted", Releases.IsAborted);
    }

    [Fact]
    public async Task Where_Rollouts_have_no_status_subresource_the_bad_canary_stays_and_everybody_hears_why()
    {
        await using var cluster = await LiveCluster.StartAsync(seed: 34, prepare: UnderPolicy);
        cluster.Host.ReleaseUnderOwnStrategy("bad-errors");
        await cluster.UntilRunAsync("a run", _ => true);

        await cluster.KubectlAsync(
            "patch", "crd", "rollouts.argoproj.io", "--type=json",
            "-p", """[{"op": "remove", "path": "/spec/versions/0/subresources/status"}]""");
        var run = await cluster.UntilRunAsync("the refusal is told", run =>
            ((string?)run["status"]?["message"])?.Contains("was not aborted", StringComparison.Ordinal) == true);

        Assert.EndsWith(
            "Rollout sample was not aborted: the CustomResourceDefinition rollouts.argoproj.io has no subresource "
                + "status, as very old releases of Argo Rollouts had none: upgrade it, or run kubectl argo rollouts "
                + "abort sample -n default",
            (string?)run["status"]!["message"],
            StringComparison.Ordinal);
        Assert.Matches("CanaryActionRefused", await cluster.KubectlAsync("describe", "rollout", "sample"));
        Assert.Matches("CanaryActionRefused", await cluster.KubectlAsync("describe", "cpol", "sample"));
        // What was written woke the Rollout for another attempt, and then it rested.
        var log = await File.ReadAllTextAsync(cluster.Host.ControllerLogPath, TestContext.Current.CancellationToken);
        Assert.InRange(log.Split("sample/status: 404").Length - 1, 1, 10);
    }

    private static void UnderPolicy(LocalClusterHost host) => UnderPolicy(host, "");

    /// <param name="analysis">Further fields of the policy's analysis.</param>
    private static void UnderPolicy(LocalClusterHost host, string analysis)
    {
        host.SetStrategy("""{"canary": {"analysis": null, "steps": [{"setWeight": 20}, {"pause": {} }]} }""");
        host.Objects.Create(
            "canarypolicies.rollouts-companion.io",
            "default",
            JsonNode
                .Parse(
                    $$"""
                    {"apiVersion": "rollouts-companion.io/v1alpha1", "kind": "CanaryPolicy",
                     "metadata": {"name": "sample", "namespace": "default"},
                     "spec": {"rolloutRef": {"name": "sample"}, "mode": "Enforce",
                      "analysis": {"preset": "fast"{{analysis}} } } }
                    """
                )!
                .AsObject()
        );
    }

    private static bool HasFailed(JsonObject run) => (string?)run["status"]?["phase"] == "Failed";
}
