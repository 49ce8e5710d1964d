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

    [Fact]
    public async Task Weight_100_leaves_stable_whole_without_traffic()
    {
        var world = await UpdatingAsync("{setWeight: 100}, {pause: {}}");

        Assert.Equal([KeyValuePair.Create("v1", 5), KeyValuePair.Create("v2", 5)], world.Scale);
        Assert.Equal((100, 0), Weights(world));
    }

    [Fact]
    public async Task DynamicStableScale_shrinks_stable_as_the_weight_grows()
    {
        var world = await UpdatingAsync(
            "{setWeight: 40}, {pause: {}}, {setWeight: 100}, {pause: {}}", "dynamicStableScale: true");
        Assert.Equal((40, 60), Weights(world));
        Assert.Equal([KeyValuePair.Create("v1", 3), KeyValuePair.Create("v2", 2)], world.Scale);

        world.PatchStatus("{status: {pauseConditions: null}}");
        await world.SettleAsync();
        Assert.Equal((100, 0), Weights(world));
        Assert.Equal([KeyValuePair.Create("v1", 0), KeyValuePair.Create("v2", 5)], world.Scale);
    }

    [Fact]
    public async Task With_dynamicStableScale_an_abort_gives_stable_only_what_its_pods_can_bear()
    {
        var world = await UpdatingAsync("{setWeight: 100}, {pause: {}}", "dynamicStableScale: true");
        world.Broken.Add("v1");

        world.PatchStatus("{status: {abort: true}}");
        await world.SettleAsync();
        Assert.Equal((100, 0), Weights(world));
        Assert.Equal([KeyValuePair.Create("v1", 5), KeyValuePair.Create("v2", 5)], world.Scale);

        world.Broken.Clear();
        await world.SettleAsync();
        Assert.Equal((0, 100), Weights(world));
        Assert.Equal([KeyValuePair.Create("v1", 5), KeyValuePair.Create("v2", 0)], world.Scale);
    }

    [Theory]
    [InlineData("{setCanaryScale: {replicas: 3}}", 3)]
    [InlineData("{setCanaryScale: {weight: 60}}", 3)]
    [InlineData("{setCanaryScale: {replicas: 4}}, {setCanaryScale: {matchTrafficWeight: true}}", 1)]
    public async Task SetCanaryScale_gives_the_canary_pods_apart_from_traffic(string steps, int canary)
    {
        var world = await UpdatingAsync($$"""{setWeight: 20}, {{steps}}, {pause: {} }""");

        Assert.Equal(canary, world.Scale["v2"]);
        Assert.Equal((20, 80), Weights(world));

        world.PatchStatus("{status: {abort: true}}");
        await world.SettleAsync();
        await world.AdvanceAsync(30);
        Assert.Equal(0, world.Scale["v2"]);
    }

    [Theory]
    [InlineData("steps: [{setCanaryScale: {replicas: 1}}]",
        "spec.strategy.canary.steps[0].setCanaryScale: Invalid value: "
        + "SetCanaryScale requires TrafficRouting to be set")]
    [InlineData("dynamicStableScale: true", "spec.strategy.canary.dynamicStableScale: Invalid value: true: "
        + "Canary dynamicStableScale can only be used with traffic routing")]
    public async Task What_needs_traffic_routing_is_refused_without_it(string canary, string problem)
    {
        var world = await ArgoWorld.DeployedAsync("");

        world.Patch($$"""{spec: {strategy: {canary: { {{canary}} } } } }""");
        await world.SettleAsync();

        Assert.Equal($"InvalidSpec: The Rollout \"sample\" is invalid: {problem}", world.Message);
    }

    private static async Task<ArgoWorld> UpdatingAsync(string steps, string canary = "")
    {
        var world = await ArgoWorld.DeployedAsync(
            steps, canary.Length == 0 ? Routing : $"{Routing}, {canary}");
        await world.DeployAsync("v2");
        return world;
    }

    private static (int?, int?) Weights(ArgoWorld world) => (
        world.Rollout.Int("status", "canary", "weights", "canary", "weight"),
        world.Rollout.Int("status", "canary", "weights", "stable", "weight"));
}
