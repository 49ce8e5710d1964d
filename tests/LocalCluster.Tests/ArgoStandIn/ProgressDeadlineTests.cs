using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts fact (g): the deadline by which an update has to show some progress.</summary>
public sealed class ProgressDeadlineTests
{
    [Fact]
    public async Task An_update_without_progress_is_Degraded_when_the_deadline_is_over_and_goes_on_all_the_same()
    {
        var world = await ArgoWorld.StuckAsync("progressDeadlineSeconds: 60");

        await world.AdvanceAsync(60);
        Assert.Equal("Progressing", world.Phase);
        Assert.Equal(RunStory.Start.AddSeconds(61), world.NextAt);
        await world.AdvanceAsync(1);

        var set = world.ReplicaSet("v2").Text("metadata", "name");
        Assert.Equal(
            ("Degraded", $"ProgressDeadlineExceeded: ReplicaSet \"{set}\" has timed out progressing."),
            (world.Phase, world.Message));
        Assert.Equal(("False", "ProgressDeadlineExceeded"), world.Progressing);
        Assert.False(world.Rollout.Flag("status", "abort"));
        Assert.Equal(1, world.Scale["v2"]);

        world.Broken.Clear();
        await world.SettleAsync();
        Assert.Equal(("Paused", 1), (world.Phase, world.Step));
    }

    [Fact]
    public async Task The_deadline_is_ten_minutes_where_nobody_set_one()
    {
        var world = await ArgoWorld.StuckAsync("minReadySeconds: 0");

        await world.AdvanceAsync(600);
        Assert.Equal("Progressing", world.Phase);
        await world.AdvanceAsync(1);

        Assert.Equal("Degraded", world.Phase);
    }

    [Theory]
    [InlineData("{pause: {}}")]
    [InlineData(ArgoWorld.AnalysisStep)]
    [InlineData("{experiment: {templates: [{name: copy, specRef: stable}]}}")]
    public async Task Steps_that_take_as_long_as_they_take_have_no_deadline(string step)
    {
        var world = await ArgoWorld.DeployedAsync(
            $"{{setWeight: 20}}, {step}", spec: "progressDeadlineSeconds: 60, progressDeadlineAbort: true");
        await world.DeployAsync("v2");
        Assert.Equal(1, world.Step);

        await world.AdvanceAsync(200);

        Assert.NotEqual("Degraded", world.Phase);
        Assert.Equal(1, world.Step);
    }

    [Fact]
    public async Task The_time_of_a_pause_does_not_count()
    {
        var world = await ArgoWorld.StuckAsync("progressDeadlineSeconds: 60, progressDeadlineAbort: true");
        await world.AdvanceAsync(50);
        world.Patch("{spec: {paused: true} }");
        await world.AdvanceAsync(300);
        Assert.Equal(("Paused", ("Unknown", "RolloutPaused")), (world.Phase, world.Progressing));

        world.Patch("{spec: {paused: false} }");
        await world.SettleAsync();
        Assert.Equal(("Unknown", "RolloutResumed"), world.Progressing);
        await world.AdvanceAsync(60);
        Assert.Equal("Progressing", world.Phase);
        await world.AdvanceAsync(1);

        Assert.True(world.Rollout.Flag("status", "abort"));
    }
}
