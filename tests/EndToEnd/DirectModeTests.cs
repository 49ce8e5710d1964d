using System.Text.Json.Nodes;
using Rollouts.LocalCluster;
using Rollouts.LocalCluster.Scenarios;

namespace Rollouts.EndToEnd;

/// <summary>A Rollout without any analysis of its own, under a policy, on real pods.</summary>
[Trait("Requires", "kubectl")]
public sealed class DirectModeTests
{
    [Fact]
    public async Task A_policy_alone_rolls_a_bad_canary_back_and_kubectl_reads_why()
    {
        await using var cluster = await LiveCluster.StartAsync(seed: 31, prepare: UnderPolicy);

        Release(cluster, "bad-errors");
        await cluster.UntilRolloutAsync("the Rollout is aborted", IsAborted);
        var run = await cluster.UntilRunAsync("the report run has ended", run => Phase(run) == "Failed");

        Assert.StartsWith("WorseThanStable", (string?)run["status"]!["message"], StringComparison.Ordinal);
        Assert.Equal("Aborted", (string?)run["metadata"]!["annotations"]!["rollouts-companion.io/action"]);
        var policy = await cluster.KubectlAsync("get", "cpol", "sample");
        Assert.Matches(@"sample\s+sample\s+Enforce\s+Abort\s+True", policy);
        await cluster.KubectlAsync("wait", "--for=condition=Ready", "cpol/sample", "--timeout=5s");
        var events = await cluster.KubectlAsync("describe", "cpol", "sample");
        Assert.Matches("CanaryAborted.*Rollout sample", events);
    }

    [Fact]
    public async Task A_canary_that_crash_loops_is_aborted_though_no_run_of_Argos_exists()
    {
        await using var cluster = await LiveCluster.StartAsync(seed: 32, prepare: UnderPolicy);

        Release(cluster, "crashloop");
        await cluster.UntilRolloutAsync("the Rollout is aborted", IsAborted);
        var run = await cluster.UntilRunAsync("the report run has ended", run => Phase(run) == "Failed");

        Assert.StartsWith("CrashLoop", (string?)run["status"]!["message"], StringComparison.Ordinal);
    }

    private static void UnderPolicy(LocalClusterHost host)
    {
        host.Objects.MergePatch(
            "rollouts.argoproj.io",
            "default",
            "sample",
            Node("""{"spec":{"strategy":{"canary":{"analysis":null,"steps":[{"setWeight":20},{"pause":{} }]} } } }""")
        );
        host.Objects.Create(
            "canarypolicies.rollouts-companion.io",
            "default",
            Node(
                """
                {"apiVersion": "rollouts-companion.io/v1alpha1", "kind": "CanaryPolicy",
                 "metadata": {"name": "sample", "namespace": "default"},
                 "spec": {"rolloutRef": {"name": "sample"}, "mode": "Enforce", "analysis": {"preset": "fast"} } }
                """
            )
        );
    }

    /// <summary>Brings out v2 with the scenario's fault, the strategy left as it is.</summary>
    private static void Release(LiveCluster cluster, string scenario)
    {
        var (variable, value) = ScenarioTable.All.Single(known => known.Name == scenario).Fault!.Value;
        var objects = cluster.Host.Objects;
        var rollout = objects.Get("rollouts.argoproj.io", "default", "sample")!;
        var template = rollout["spec"]!["template"]!.DeepClone();
        var container = template["spec"]!["containers"]![0]!;
        container["image"] = "sample-api:v2";
        container["env"]!.AsArray().Add(new JsonObject { ["name"] = variable, ["value"] = value });
        objects.MergePatch(
            "rollouts.argoproj.io",
            "default",
            "sample",
            new JsonObject { ["spec"] = new JsonObject { ["template"] = template } }
        );
    }

    private static bool IsAborted(JsonObject rollout) => (bool?)rollout["status"]?["abort"] == true;

    private static string? Phase(JsonObject run) => (string?)run["status"]?["phase"];

    private static JsonObject Node(string json) => JsonNode.Parse(json)!.AsObject();
}
