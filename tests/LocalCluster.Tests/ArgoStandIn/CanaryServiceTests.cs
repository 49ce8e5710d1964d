using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>The Services that a canary names, one for each version.</summary>
public sealed class CanaryServiceTests
{
    private const string Services = "canaryService: c, stableService: s";

    [Theory]
    [InlineData("")]
    [InlineData(", trafficRouting: {plugins: {}}")]
    public async Task Each_selects_the_pods_of_its_version_with_or_without_traffic_routing(string routing)
    {
        var world = await ArgoWorld.DeployedAsync("{setWeight: 20}, {pause: {}}", Services + routing);
        Assert.Equal(("v1", "v1"), (world.VersionBehind("s"), world.VersionBehind("c")));

        await world.DeployAsync("v2");
        Assert.Equal(("v1", "v2"), (world.VersionBehind("s"), world.VersionBehind("c")));
        Assert.Equal("sample", world.Objects.Get("services", "default", "c")
            .Text("metadata", "annotations", ArgoNames.ManagedBy));

        world.PatchStatus("{status: {promoteFull: true} }");
        await world.SettleAsync();
        Assert.Equal(("v2", "v2"), (world.VersionBehind("s"), world.VersionBehind("c")));
    }

    [Fact]
    public async Task A_canary_that_is_not_available_gets_no_Service()
    {
        var world = await ArgoWorld.DeployedAsync("{setWeight: 20}, {pause: {}}", Services);
        world.Broken.Add("v2");

        await world.DeployAsync("v2");

        Assert.Equal("v1", world.VersionBehind("c"));
    }

    [Fact]
    public async Task A_Service_that_is_named_and_not_there_makes_the_Rollout_invalid()
    {
        var world = await ArgoWorld.DeployedAsync("{setWeight: 20}");

        world.Patch("{spec: {strategy: {canary: {canaryService: nowhere} } } }");
        await world.SettleAsync();

        Assert.Equal("Degraded", world.Phase);
        Assert.EndsWith(
            "spec.strategy.canary.canaryService: Invalid value: \"nowhere\": service \"nowhere\" not found",
            world.Message, StringComparison.Ordinal);
    }
}
