using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts fact (g): an update that is aborted because it shows no progress.</summary>
public sealed class ProgressDeadlineAbortTests
{
    [Fact]
    public async Task With_progressDeadlineAbort_the_update_is_aborted()
    {
        var world = await ArgoWorld.StuckAsync("progressDeadlineSeconds: 60, progressDeadlineAbort: true");

        await world.AdvanceAsync(61);

        Assert.True(world.Rollout.Flag("status", "abort"));
        Assert.Equal(
            ("Degraded", "RolloutAborted: Rollout aborted update to revision 2"), (world.Phase, world.Message));
        Assert.Equal(("False", "RolloutAborted"), world.Progressing);
        Assert.Equal(0, world.Scale["v2"]);
        var set = world.ReplicaSet("v2").Text("metadata", "name");
        Assert.Contains(
            ("RolloutAborted", $"ReplicaSet \"{set}\" has timed out progressing."), world.Events());
    }

    [Fact]
    public async Task A_progressDeadlineAbort_that_is_set_after_the_deadline_aborts_too()
    {
        var world = await ArgoWorld.StuckAsync("progressDeadlineSeconds: 60");
        await world.AdvanceAsync(61);

        world.Patch("{spec: {progressDeadlineAbort: true} }");
        await world.SettleAsync();

        Assert.True(world.Rollout.Flag("status", "abort"));
    }

    [Fact]
    public async Task A_retry_has_a_deadline_of_its_own()
    {
        var world = await ArgoWorld.StuckAsync("progressDeadlineSeconds: 60, progressDeadlineAbort: true");
        await world.AdvanceAsync(100);
        Assert.True(world.Rollout.Flag("status", "abort"));

        world.PatchStatus("{status: {abort: false} }");
        await world.AdvanceAsync(60);
        Assert.False(world.Rollout.Flag("status", "abort"));
        await world.AdvanceAsync(2);

        Assert.True(world.Rollout.Flag("status", "abort"));
    }

    [Fact]
    public async Task Pods_that_are_lost_after_the_update_make_it_Degraded_and_are_no_reason_to_abort()
    {
        var world = await ArgoWorld.DeployedAsync(
            "", spec: "progressDeadlineSeconds: 60, progressDeadlineAbort: true");
        world.Broken.Add("v1");

        await world.AdvanceAsync(62);

        Assert.Equal("Degraded", world.Phase);
        Assert.False(world.Rollout.Flag("status", "abort"));
    }
}
