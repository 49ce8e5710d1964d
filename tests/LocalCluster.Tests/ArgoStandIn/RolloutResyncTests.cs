using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts fact (i) 11: every quarter of an hour Argo looks at every Rollout again.</summary>
public sealed class RolloutResyncTests
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    [Fact]
    public async Task A_rollout_is_looked_at_every_fifteen_minutes_and_nothing_is_written()
    {
        var world = await ArgoWorld.DeployedAsync("{setWeight: 20}, {pause: {}}");
        await world.DeployAsync("v2");
        var version = world.Rollout.Text("metadata", "resourceVersion");

        for (var resync = 1; resync <= 4; resync++)
        {
            Assert.Equal(world.Clock.GetUtcNow() + Quarter, world.NextAt);
            world.Clock.Advance(Quarter);
            await world.SettleAsync();
        }

        Assert.Equal(version, world.Rollout.Text("metadata", "resourceVersion"));
    }
}
