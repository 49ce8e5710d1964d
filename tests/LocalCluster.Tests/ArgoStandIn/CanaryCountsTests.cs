using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;
using Rollouts.LocalCluster.ArgoStandIn.Strategy.Canary;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>The next counts of a basic canary within maxSurge and maxUnavailable.</summary>
public sealed class CanaryCountsTests
{
    [Theory]
    [InlineData(10, 10, "maxSurge: 1, maxUnavailable: 1", 1, 9)]
    [InlineData(10, 30, "maxSurge: 3, maxUnavailable: 0", 3, 10)]
    [InlineData(10, 30, "maxSurge: 0, maxUnavailable: 5", 0, 7)]
    [InlineData(10, 5, "maxSurge: 1, maxUnavailable: 1", 1, 10)]
    [InlineData(1, 5, "maxSurge: 1, maxUnavailable: 0", 1, 1)]
    [InlineData(1, 95, "maxSurge: 1, maxUnavailable: 0", 1, 1)]
    [InlineData(10, 30, "maxSurge: 30%, maxUnavailable: 0%", 3, 10)]
    [InlineData(8, 25, "", 2, 6)]
    public void The_first_move_stays_within_surge_and_unavailability(
        int replicas, int weight, string limits, int canary, int stable) =>
        Assert.Equal(new CanaryCounts(canary, stable), Next(replicas, weight, limits, (0, 0), (replicas, replicas)));

    [Fact]
    public void Stable_is_not_scaled_down_before_the_canary_is_available() =>
        Assert.Equal(new CanaryCounts(3, 10), Next(10, 30, "maxSurge: 3, maxUnavailable: 0", (3, 0), (10, 10)));

    [Fact]
    public void Stable_is_scaled_down_as_far_as_the_canary_is_available() =>
        Assert.Equal(new CanaryCounts(3, 8), Next(10, 30, "maxSurge: 3, maxUnavailable: 0", (3, 2), (10, 10)));

    [Fact]
    public void Pods_of_stable_that_are_not_available_do_not_hold_a_canary_up() =>
        Assert.Equal(new CanaryCounts(3, 7), Next(10, 30, "maxSurge: 3, maxUnavailable: 0", (3, 3), (10, 4)));

    private static CanaryCounts Next(
        int replicas, int weight, string limits, (int Wanted, int Available) canary, (int Wanted, int Available) stable)
    {
        var rollout = Cluster.Object($$"""
            metadata: {name: sample, uid: u}
            spec:
              replicas: {{replicas}}
              template: {x: new}
              strategy: {canary: {steps: [{setWeight: {{weight}} }], {{limits}} } }
            status: {stableRS: old}
            """);
        var latest = PodTemplateHash.Of(rollout.At("spec", "template"));
        JsonObject[] sets = [Set(latest, canary), Set("old", stable)];
        var state = new RolloutState { Rollout = rollout, ReplicaSets = sets, Now = RunStory.Start };
        return CanaryCounts.Next(new RolloutPass(state));
    }

    private static JsonObject Set(string hash, (int Wanted, int Available) count) => Cluster.Object($$"""
        metadata: {name: sample-{{hash}}, labels: {rollouts-pod-template-hash: {{hash}} } }
        spec: {replicas: {{count.Wanted}} }
        status: {replicas: {{count.Wanted}}, availableReplicas: {{count.Available}} }
        """);
}
