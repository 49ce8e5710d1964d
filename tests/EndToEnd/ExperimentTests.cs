using System.Text.Json.Nodes;
using Rollouts.LocalCluster;
using Rollouts.LocalCluster.Scenarios;

namespace Rollouts.EndToEnd;

/// <summary>An experiment step: fresh copies of both versions, compared with each other.</summary>
[Trait("Requires", "kubectl")]
public sealed class ExperimentTests
{
    [Fact]
    public async Task An_experiment_whose_copy_of_the_canary_is_worse_than_its_baseline_aborts_the_update()
    {
        await using var cluster = await LiveCluster.StartAsync(seed: 51, prepare: WithExperiment);

        Release(cluster.Host);
        await cluster.UntilRolloutAsync("the update is aborted", ro => (bool?)ro["status"]?["abort"] == true);
        var run = await cluster.UntilRunAsync("the run failed", run => (string?)run["status"]?["phase"] == "Failed");

        Assert.Equal("Experiment", (string?)run["metadata"]!["ownerReferences"]![0]!["kind"]);
        var message = (string?)run["status"]!["metricResults"]![0]!["message"];
        Assert.StartsWith("WorseThanStable: errors", message, StringComparison.Ordinal);
        Assert.Contains("Failed", await cluster.KubectlAsync("get", "experiments"), StringComparison.Ordinal);
    }

    private static void WithExperiment(LocalClusterHost host) =>
        host.Objects.MergePatch(
            "rollouts.argoproj.io",
            "default",
            "sample",
            Node(
                """
                {"spec": {"strategy": {"canary": {"analysis": null, "steps": [
                  {"experiment": {"duration": "5m", "templates": [
                     {"name": "baseline", "specRef": "stable", "replicas": 3},
                     {"name": "canary", "specRef": "canary", "replicas": 1}],
                   "analyses": [{"name": "compare", "templateName": "canary", "requiredForCompletion": true}]} },
                  {"setWeight": 20}]} } } }
                """
            )
        );

    private static void Release(LocalClusterHost host)
    {
        var (variable, value) = ScenarioTable.All.Single(known => known.Name == "bad-errors").Fault!.Value;
        var rollout = host.Objects.Get("rollouts.argoproj.io", "default", "sample")!;
        var template = rollout["spec"]!["template"]!.DeepClone();
        var container = template["spec"]!["containers"]![0]!;
        container["image"] = "sample-api:v2";
        container["env"]!.AsArray().Add(new JsonObject { ["name"] = variable, ["value"] = value });
        host.Objects.MergePatch(
            "rollouts.argoproj.io",
            "default",
            "sample",
            new JsonObject { ["spec"] = new JsonObject { ["template"] = template } }
        );
    }

    private static JsonObject Node(string json) => JsonNode.Parse(json)!.AsObject();
}
