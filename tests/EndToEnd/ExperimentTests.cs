namespace Rollouts.EndToEnd;

/// <summary>An experiment step: fresh copies of both versions, compared with each other.</summary>
[Trait("Requires", "kubectl")]
public sealed class ExperimentTests
{
    private const string Strategy = """
        {"canary": {"analysis": null, "steps": [
          {"experiment": {"duration": "5m", "templates": [
             {"name": "baseline", "specRef": "stable", "replicas": 3},
             {"name": "canary", "specRef": "canary", "replicas": 1}],
           "analyses": [{"name": "compare", "templateName": "canary", "requiredForCompletion": true}]} },
          {"setWeight": 20}]} }
        """;

    [Fact]
    public async Task An_experiment_whose_copy_of_the_canary_is_worse_than_its_baseline_aborts_the_update()
    {
        await using var cluster = await LiveCluster.StartAsync(seed: 51, prepare: host => host.SetStrategy(Strategy));

        cluster.Host.ReleaseUnderOwnStrategy("bad-errors");
        await cluster.UntilRolloutAsync("the update is aborted", Releases.IsAborted);
        var run = await cluster.UntilRunAsync("the run failed", run => (string?)run["status"]?["phase"] == "Failed");

        Assert.Equal("Experiment", (string?)run["metadata"]!["ownerReferences"]![0]!["kind"]);
        var message = (string?)run["status"]!["metricResults"]![0]!["message"];
        Assert.StartsWith("WorseThanStable: errors", message, StringComparison.Ordinal);
        Assert.Contains("Failed", await cluster.KubectlAsync("get", "experiments"), StringComparison.Ordinal);
    }
}
