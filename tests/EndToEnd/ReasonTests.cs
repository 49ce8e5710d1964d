using System.Text.Json.Nodes;
using Rollouts.LocalCluster;

namespace Rollouts.EndToEnd;

/// <summary>What cannot be judged says why, in the AnalysisRun, where the person looks.</summary>
[Trait("Requires", "kubectl")]
public sealed class ReasonTests
{
    [Fact]
    public async Task A_canary_without_metrics_ends_the_run_Inconclusive_with_a_named_reason()
    {
        await using var cluster = await LiveCluster.StartAsync(
            seed: 12,
            prepare: host => Spec(host, """{"preset": "fast", "minimumStepSeconds": 5, "deadlineSeconds": 15}""")
        );

        cluster.Host.Objects.MergePatch(
            "rollouts.argoproj.io",
            "default",
            "sample",
            Node("""{"spec":{"template":{"metadata":{"annotations":{"prometheus.io/path":"/nowhere"} } } } }""")
        );
        var run = await cluster.UntilRunAsync(
            "the run has ended",
            run => (string?)run["status"]?["phase"] == "Inconclusive"
        );

        var message = (string?)run["status"]!["metricResults"]![0]!["message"];
        Assert.StartsWith("ScrapeFailed: no usable scrape of the canary", message, StringComparison.Ordinal);
        Assert.Contains("404", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_template_with_an_invalid_spec_ends_the_run_in_Error_and_kubectl_shows_every_problem()
    {
        await using var cluster = await LiveCluster.StartAsync(
            seed: 13,
            traffic: false,
            prepare: host => Spec(host, """{"preset": "fats", "alpha": "2", "deadlineSeconds": -1}""")
        );

        cluster.Release("good", "v2");
        await cluster.UntilRunAsync("the run has ended", run => (string?)run["status"]?["phase"] == "Error");

        var shown = await cluster.KubectlAsync(
            "get",
            "analysisruns",
            "-o",
            "jsonpath={.items[*].status.metricResults[*].message}"
        );
        Assert.StartsWith("InvalidSpec: ", shown, StringComparison.Ordinal);
        Assert.All(
            ["fats", "alpha", "deadlineSeconds"],
            part => Assert.Contains(part, shown, StringComparison.Ordinal)
        );
    }

    private static void Spec(LocalClusterHost host, string spec) =>
        host.Objects.MergePatch(
            "analysistemplates.argoproj.io",
            "default",
            "canary",
            Node(
                $$"""
                {"spec":{"metrics":[
                  {"name":"canary","initialDelay":"5m",
                   "provider":{"plugin":{"rollouts-companion.io/canary":{{spec}} } } }]} }
                """
            )
        );

    private static JsonObject Node(string json) => JsonNode.Parse(json)!.AsObject();
}
