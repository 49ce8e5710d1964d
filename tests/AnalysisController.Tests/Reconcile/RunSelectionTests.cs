using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Kubernetes;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>Which AnalysisRuns are ours to judge, and which pods speak for their two versions.</summary>
public sealed class RunSelectionTests : IDisposable
{
    private readonly World _world = new();

    internal ClusterServer Server => _world.Server;

    [Theory]
    [InlineData("sample-new-7-1")]
    [InlineData("sample-new-7-1.1")]
    [InlineData("anything")]
    public async Task A_run_is_found_by_its_owner_and_hash_whatever_its_name(string name)
    {
        _world.AddRun(name);

        await _world.RunAsync(TimeSpan.FromSeconds(60));

        Assert.Equal("Successful", (string?)_world.ResultOf(name)!["phase"]);
    }

    [Theory]
    [InlineData("older", "ro-1")]
    [InlineData("new", "ro-2")]
    public async Task A_run_of_another_version_or_another_owner_is_left_alone(string hash, string owner)
    {
        _world.AddRun("sample-new-7-1", hash: hash, owner: owner);

        await _world.RunAsync(TimeSpan.FromSeconds(30));

        Assert.Empty(Server.Patches);
    }

    [Fact]
    public async Task The_first_deployment_has_nothing_to_compare_with_and_its_runs_are_left_alone()
    {
        Server.Write(Server.Rollouts[0], JsonNode.Parse("""{"status":{"stableRS":""} }""")!.AsObject());
        _world.AddRun("run-1");

        await _world.RunAsync(TimeSpan.FromSeconds(30));

        Assert.Empty(Server.Patches);
    }

    [Fact]
    public async Task After_the_switch_of_a_blue_green_update_stable_is_still_the_old_version()
    {
        const string switched =
            """
            {"spec":{"strategy":{"canary":null,"blueGreen":{"activeService":"a","previewService":"p"} } },
             "status":{"blueGreen":{"activeSelector":"new","previewSelector":"new"} } }
            """;
        Server.Write(Server.Rollouts[0], JsonNode.Parse(switched)!.AsObject());
        _world.AddRun("post", type: "PostPromotion");

        await _world.RunAsync(TimeSpan.FromSeconds(10));

        Assert.Equal("ro-1/old/new", _world.AnnotationOf("post", "pair"));
        Assert.Equal("Running", (string?)_world.ResultOf("post")!["phase"]);
    }

    [Fact]
    public async Task A_run_whose_Rollout_another_Argo_plays_is_left_alone()
    {
        Server.Rollouts.Clear();
        _world.AddRun("run-1");

        await _world.RunAsync(TimeSpan.FromSeconds(30));

        Assert.Empty(Server.Patches);
    }

    [Theory]
    [InlineData(null, "!argo-rollouts.argoproj.io/controller-instance-id")]
    [InlineData("blue", "argo-rollouts.argoproj.io/controller-instance-id=blue")]
    public void With_an_instance_id_the_Rollouts_that_carry_it_are_watched_and_without_one_those_that_carry_none(
        string? instanceId,
        string selector
    ) => Assert.Equal(selector, ResourceTypes.RolloutsOf(instanceId).Selector);

    [Fact]
    public async Task Pods_of_an_experiment_with_the_very_same_hash_are_no_evidence_of_the_Rollouts_own_run()
    {
        _world.HasExperiment = true;
        _world.Start();
        _world.AddRun("run-1");
        _world.CanaryErrorRatio = 0.2;

        await _world.RunAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("Running", (string?)_world.ResultOf("run-1")!["phase"]);
        Assert.Equal("NoStableTraffic", _world.AnnotationOf("run-1", "reason"));
    }

    public void Dispose() => _world.Dispose();
}
