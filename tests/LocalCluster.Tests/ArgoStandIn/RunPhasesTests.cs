using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

public sealed class RunPhasesTests
{
    private readonly RunPhases _phases = new();

    [Fact]
    public void A_rollout_hears_of_its_run_when_it_begins_when_its_phase_changes_and_when_it_is_gone()
    {
        Assert.True(Learn(ClusterEventType.Added, ""));
        Assert.True(Learn(ClusterEventType.Modified, "Running"));
        Assert.True(Learn(ClusterEventType.Modified, "Failed"));
        Assert.True(Learn(ClusterEventType.Deleted, "Failed"));
    }

    [Fact]
    public void A_rollout_does_not_hear_of_beats()
    {
        Learn(ClusterEventType.Added, "Running");

        Assert.False(Learn(ClusterEventType.Modified, "Running"));
    }

    private bool Learn(ClusterEventType type, string phase) => _phases.Learn(new ClusterEvent(type, new JsonObject
    {
        ["metadata"] = new JsonObject { ["namespace"] = "default", ["name"] = "run" },
        ["status"] = new JsonObject { ["phase"] = phase },
    }));
}
