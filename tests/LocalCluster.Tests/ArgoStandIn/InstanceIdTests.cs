using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts fact (h): a controller with an instance id works on what carries it, and no more.</summary>
public sealed class InstanceIdTests
{
    private const string Label = "argo-rollouts.argoproj.io/controller-instance-id";

    [Fact]
    public async Task What_carries_the_id_is_worked_on_and_its_runs_carry_it_too()
    {
        var world = new ArgoWorld("blue");
        Create(world, "sample", "blue");
        world.Objects.MergePatch("analysistemplates.argoproj.io", "default", "canary", Labelled("blue"));
        await world.SettleAsync();
        await world.DeployAsync("v2");

        Assert.Equal("blue", world.StepRun.Text("metadata", "labels", Label));
        Assert.Equal("Running", world.StepRun.Text("status", "phase"));
        Assert.Null(world.ReplicaSet("v2").Text("metadata", "labels", Label));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("green")]
    public async Task What_carries_another_id_or_none_is_left_alone(string? id)
    {
        var world = new ArgoWorld("blue");
        Create(world, "sample", id);

        await world.SettleAsync();

        Assert.Empty(world.ReplicaSets);
        Assert.Null(world.Phase);
    }

    [Fact]
    public async Task A_template_without_the_id_is_not_found()
    {
        var world = new ArgoWorld("blue");
        Create(world, "sample", "blue");

        await world.SettleAsync();

        Assert.EndsWith("AnalysisTemplate 'canary' not found", world.Message, StringComparison.Ordinal);
    }

    private static void Create(ArgoWorld world, string name, string? id)
    {
        var rollout = Cluster.Rollout(name);
        rollout["spec"]!["strategy"] = Cluster.Object($$"""{canary: {steps: [{{ArgoWorld.AnalysisStep}}]} }""");
        if (id is not null)
            rollout["metadata"]!["labels"] = new JsonObject { [Label] = id };
        world.Objects.Create(ArgoWorld.Rollouts, "default", rollout);
    }

    private static JsonObject Labelled(string id) =>
        new() { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { [Label] = id } } };
}
