using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts fact (d): weights and scale where traffic is routed.</summary>
public sealed class TrafficRoutingTests
{
    private const string Routing = "trafficRouting: {plugins: {}}, canaryService: c, stableService: s";

    [Fact]
    public async Task Stable_keeps_its_full_scale_and_the_weights_say_who_gets_what()
    {
        var world = await UpdatingAsync("{setWeight: 20}, {pause: {}}");

        Assert.Equal([KeyValuePair.Create("v1", 5), KeyValuePair.Create("v2", 1)], world.Scale);
        Assert.Equal((20, 80), Weights(world));
        var weights = world.Rollout.At("status", "canary", "weights");
        Assert.Equal(world.Hash("v2"), weights.Text("canary", "podTemplateHash"));
        Assert.Equal(world.Hash("v1"), weights.Text("stable", "podTemplateHash"));
        Assert.Equal(("c", "s"), (weights.Text("canary", "serviceName"), weights.Text("stable", "serviceName")));
        Assert.Contains(("TrafficWeightUpdated", "Traffic weight updated from 0 to 20"), world.Events());
    }

    [Fact]
    public async Task A_canary_that_is_not_ready_keeps_the_weight_before()
    {
        var world = await ArgoWorld.DeployedAsync("{setWeight: 20}, {pause: {}}", Routing);
        world.Broken.Add("v2");
        await world.DeployAsync("v2");
        Assert.Equal((0, 100), Weights(world));

        world.Broken.Clear();
        await world.SettleAsync();
        Assert.Equal((20, 80), Weights(world));
    }

    [Fact]
    public async Task Abort_takes_the_traffic_at_once_and_the_pods_after_thirty_seconds()
    {
        var world = await UpdatingAsync("{setWeight: 40}, {pause: {}}");

        world.PatchStatus("{status: {abort: true}}");
        await world.SettleAsync();
        Assert.Equal((0, 100), Weights(world));
        Assert.Equal(2, world.Scale["v2"]);

        await world.AdvanceAsync(29);
        Assert.Equal(2, world.Scale["v2"]);
        await world.AdvanceAsync(1);
        Assert.Equal(0, world.Scale["v2"]);
        Assert.Equal("Degraded", world.Phase);
    }

    [Fact]
    public async Task Retry_within_the_delay_keeps_the_canarys_pods()
    {
        var world = await UpdatingAsync("{setWeight: 40}, {pause: {}}");
        world.PatchStatus("{status: {abort: true}}");
        await world.SettleAsync();

        world.PatchStatus("{status: {abort: false}}");
        await world.AdvanceAsync(60);

        Assert.Equal(2, world.Scale["v2"]);
        Assert.Equal((40, 60), Weights(world));
        Assert.Null(world.ReplicaSet("v2").At("metadata", "annotations", "scale-down-deadline"));
    }

    [Fact]
    public async Task After_promotion_all_weight_is_on_the_new_stable_and_the_old_one_goes_after_thirty_seconds()
    {
        var world = await UpdatingAsync("{setWeight: 40}, {pause: {}}");

        world.PatchStatus("{status: {pauseConditions: null}}");
        await world.SettleAsync();
        Assert.Equal("Healthy", world.Phase);
        Assert.Equal((0, 100), Weights(world));
        Assert.Equal(world.Hash("v2"), world.Rollout.Text("status", "canary", "weights", "stable", "podTemplateHash"));
        Assert.Equal(5, world.Scale["v1"]);

        await world.AdvanceAsync(30);
        Assert.Equal(0, world.Scale["v1"]);
    }

    private static async Task<ArgoWorld> UpdatingAsync(string steps)
    {
        var world = await ArgoWorld.DeployedAsync(steps, Routing);
        await world.DeployAsync("v2");
        return world;
    }

    private static (int?, int?) Weights(ArgoWorld world) => (
        world.Rollout.Int("status", "canary", "weights", "canary", "weight"),
        world.Rollout.Int("status", "canary", "weights", "stable", "weight"));
}
