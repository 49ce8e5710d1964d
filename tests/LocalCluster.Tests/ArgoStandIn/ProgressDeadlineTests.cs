using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts fact (g): the deadline by which an update has to show some progress.</summary>
public sealed class ProgressDeadlineTests
{
    private const string Steps = "{setWeight: 20}, {pause: {}}";

    [Fact]
    public async Task An_update_without_progress_is_Degraded_when_the_deadline_is_over_and_goes_on_all_the_same()
    {
        var world = await StuckAsync("progressDeadlineSeconds: 60");

        await world.AdvanceAsync(60);
        Assert.Equal("Progressing", world.Phase);
        Assert.Equal(RunStory.Start.AddSeconds(61), world.NextAt);
        await world.AdvanceAsync(1);

        var set = world.ReplicaSet("v2").Text("metadata", "name");
        Assert.Equal(
            ("Degraded", $"ProgressDeadlineExceeded: ReplicaSet \"{set}\" has timed out progressing."),
            (world.Phase, world.Message));
        Assert.Equal(("False", "ProgressDeadlineExceeded"), Progressing(world));
        Assert.False(world.Rollout.Flag("status", "abort"));
        Assert.Equal(1, world.Scale["v2"]);

        world.Broken.Clear();
        await world.SettleAsync();
        Assert.Equal(("Paused", 1), (world.Phase, world.Step));
    }

    [Fact]
    public async Task The_deadline_is_ten_minutes_where_nobody_set_one()
    {
        var world = await StuckAsync("minReadySeconds: 0");

        await world.AdvanceAsync(600);
        Assert.Equal("Progressing", world.Phase);
        await world.AdvanceAsync(1);

        Assert.Equal("Degraded", world.Phase);
    }

    [Fact]
    public async Task With_progressDeadlineAbort_the_update_is_aborted()
    {
        var world = await StuckAsync("progressDeadlineSeconds: 60, progressDeadlineAbort: true");

        await world.AdvanceAsync(61);

        Assert.True(world.Rollout.Flag("status", "abort"));
        Assert.Equal(
            ("Degraded", "RolloutAborted: Rollout aborted update to revision 2"), (world.Phase, world.Message));
        Assert.Equal(("False", "RolloutAborted"), Progressing(world));
        Assert.Equal(0, world.Scale["v2"]);
        var set = world.ReplicaSet("v2").Text("metadata", "name");
        Assert.Contains(
            ("RolloutAborted", $"ReplicaSet \"{set}\" has timed out progressing."), world.Events());
    }

    [Fact]
    public async Task A_progressDeadlineAbort_that_is_set_after_the_deadline_aborts_too()
    {
        var world = await StuckAsync("progressDeadlineSeconds: 60");
        await world.AdvanceAsync(61);

        world.Patch("{spec: {progressDeadlineAbort: true} }");
        await world.SettleAsync();

        Assert.True(world.Rollout.Flag("status", "abort"));
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
        var world = await StuckAsync("progressDeadlineSeconds: 60, progressDeadlineAbort: true");
        await world.AdvanceAsync(50);
        world.Patch("{spec: {paused: true} }");
        await world.AdvanceAsync(300);
        Assert.Equal(("Paused", ("Unknown", "RolloutPaused")), (world.Phase, Progressing(world)));

        world.Patch("{spec: {paused: false} }");
        await world.SettleAsync();
        Assert.Equal(("Unknown", "RolloutResumed"), Progressing(world));
        await world.AdvanceAsync(60);
        Assert.Equal("Progressing", world.Phase);
        await world.AdvanceAsync(1);

        Assert.True(world.Rollout.Flag("status", "abort"));
    }

    [Fact]
    public async Task A_retry_has_a_deadline_of_its_own()
    {
        var world = await StuckAsync("progressDeadlineSeconds: 60, progressDeadlineAbort: true");
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

    private static async Task<ArgoWorld> StuckAsync(string spec)
    {
        var world = await ArgoWorld.DeployedAsync(Steps, spec: spec);
        world.Broken.Add("v2");
        await world.DeployAsync("v2");
        Assert.Equal(("Progressing", 0), (world.Phase, world.Step));
        return world;
    }

    private static (string? Status, string? Reason) Progressing(ArgoWorld world)
    {
        var condition = world.Rollout.Items("status", "conditions").Single(item => item.Text("type") == "Progressing");
        return (condition.Text("status"), condition.Text("reason"));
    }
}
