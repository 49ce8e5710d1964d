using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts facts (b), (c), (e) and (g) for the run of an analysis step.</summary>
public sealed class StepAnalysisTests
{
    private const string Steps = "{setWeight: 20}, " + ArgoWorld.AnalysisStep + ", {setWeight: 60}, {pause: {}}";

    [Fact]
    public async Task A_step_run_has_the_name_labels_annotations_owner_and_arguments_of_its_revision()
    {
        var world = await AtAnalysisAsync();
        var (run, hash) = (world.StepRun!, world.Hash("v2"));

        Assert.Equal($"sample-{hash}-2-1", run.Text("metadata", "name"));
        Assert.Equal(new Dictionary<string, string>
        {
            ["app"] = "sample", ["rollout-type"] = "Step", ["rollouts-pod-template-hash"] = hash, ["step-index"] = "1",
        }, run.TextMap("metadata", "labels"));
        Assert.Equal("2", run.TextMap("metadata", "annotations")["rollout.argoproj.io/revision"]);
        var owner = Assert.Single(run.Items("metadata", "ownerReferences"));
        Assert.True(owner.Flag("controller"));
        Assert.Equal(world.Rollout.Text("metadata", "uid"), owner.Text("uid"));
        Assert.Equal([("stable", world.Hash("v1")), ("latest", hash)],
            run.Items("spec", "args").Select(argument => (argument.Text("name")!, argument.Text("value")!)));
        Assert.Equal("Running", world.Rollout.Text("status", "canary", "currentStepAnalysisRunStatus", "status"));
    }

    [Fact]
    public async Task A_running_step_run_holds_the_rollout_for_as_long_as_it_is_kept_alive()
    {
        var world = await AtAnalysisAsync();

        for (var beats = 0; beats < 60; beats++)
        {
            world.Objects.MergePatch(ArgoWorld.Runs, "default", ObjectKey.Of(world.StepRun!).Name, Cluster.Object($$"""
                {status: {metricResults: [{name: canary, phase: Running, measurements: [
                  {phase: Running, resumeAt: "{{world.Clock.GetUtcNow().AddMinutes(5).ToWire()}}"}]}]} }
                """));
            world.Clock.Advance(TimeSpan.FromMinutes(4));
            await world.SettleAsync();
        }

        Assert.Equal(("Progressing", 1), (world.Phase, world.Step));
        Assert.Equal("more replicas need to be updated", world.Message);
    }

    [Fact]
    public async Task A_successful_step_run_moves_the_rollout_to_the_next_step()
    {
        var world = await AtAnalysisAsync();

        await world.VerdictAsync(world.StepRun!, "Successful");

        Assert.Equal(("Paused", 3), (world.Phase, world.Step));
        Assert.Null(world.StepRun);
        Assert.Contains(("AnalysisRunSuccessful", $"Step Analysis Run 'sample-{world.Hash("v2")}-2-1' Status New: "
            + "'Successful' Previous: 'Running'"), world.Events());
    }

    [Theory]
    [InlineData("Failed", "failed (1) > failureLimit (0)")]
    [InlineData("Error", "consecutiveErrors (5) > consecutiveErrorLimit (4)")]
    public async Task A_bad_step_run_aborts_and_the_message_reaches_the_rollout(string phase, string excess)
    {
        var world = await AtAnalysisAsync();

        await world.VerdictAsync(world.StepRun!, phase, "5xx up");

        var message = $"Rollout aborted update to revision 2: Step-based analysis phase error/failed: "
            + $"Metric \"canary\" assessed {phase} due to {excess}: \"Error Message: 5xx up\"";
        Assert.Equal(("Degraded", $"RolloutAborted: {message}"), (world.Phase, world.Message));
        Assert.True(world.Rollout.Flag("status", "abort"));
        Assert.Equal(RunStory.Start.ToWire(), world.Rollout.Text("status", "abortedAt"));
        Assert.Equal(0, world.Step);
        Assert.Equal([KeyValuePair.Create("v1", 5), KeyValuePair.Create("v2", 0)], world.Scale);
        Assert.Null(world.StepRun);
        Assert.Contains(("RolloutAborted", message), world.Events());
        Assert.Contains(world.Events(), what => what.Reason == $"AnalysisRun{phase}");
        var condition = world.Rollout.Items("status", "conditions").Single(item => item.Text("type") == "Progressing");
        Assert.Equal(("False", "RolloutAborted", message),
            (condition.Text("status"), condition.Text("reason"), condition.Text("message")));
    }

    [Fact]
    public async Task An_inconclusive_step_run_pauses_the_rollout()
    {
        var world = await AtAnalysisAsync();

        await world.VerdictAsync(world.StepRun!, "Inconclusive");

        Assert.Equal(("Paused", "InconclusiveAnalysisRun"), (world.Phase, world.Message));
        Assert.Equal(1, world.Step);
        Assert.Equal([KeyValuePair.Create("v1", 4), KeyValuePair.Create("v2", 1)], world.Scale);
    }

    [Fact]
    public async Task Promoting_an_inconclusive_step_goes_to_the_next_step()
    {
        var world = await AtAnalysisAsync();
        await world.VerdictAsync(world.StepRun!, "Inconclusive");

        world.PatchStatus("{status: {pauseConditions: null, controllerPause: false, currentStepIndex: 2}}");
        await world.SettleAsync();

        Assert.Equal(("Paused", "CanaryPauseStep", 3), (world.Phase, world.Message, world.Step));
    }

    [Fact]
    public async Task Resuming_an_inconclusive_step_measures_it_again_in_a_new_run()
    {
        var world = await AtAnalysisAsync();
        await world.VerdictAsync(world.StepRun!, "Inconclusive");

        world.PatchStatus("{status: {pauseConditions: null}}");
        await world.SettleAsync();

        Assert.Equal($"sample-{world.Hash("v2")}-2-1.1", world.StepRun.Text("metadata", "name"));
        Assert.Equal(("Progressing", 1), (world.Phase, world.Step));
        Assert.Null(world.Rollout.At("status", "controllerPause"));
    }

    [Fact]
    public async Task Nobody_looks_at_a_step_run_while_the_rollout_is_paused_for_another_reason()
    {
        var world = await AtAnalysisAsync();
        world.PatchStatus("""
            {status: {controllerPause: true, pauseConditions: [
              {reason: CanaryPauseStep, startTime: "2026-01-01T00:00:00Z"}]}}
            """);
        await world.SettleAsync();

        await world.VerdictAsync(world.StepRun!, "Failed");

        Assert.Equal("Paused", world.Phase);
        Assert.False(world.Rollout.Flag("status", "abort"));
    }

    [Fact]
    public async Task A_bare_phase_on_the_run_aborts_too()
    {
        var world = await AtAnalysisAsync();

        world.Objects.MergePatch(ArgoWorld.Runs, "default", world.StepRun.Text("metadata", "name")!,
            new JsonObject { ["status"] = new JsonObject { ["phase"] = "Failed", ["message"] = "ours" } });
        await world.SettleAsync();

        Assert.Equal("RolloutAborted: Rollout aborted update to revision 2: "
            + "Step-based analysis phase error/failed: ours", world.Message);
    }

    [Fact]
    public async Task Terminating_a_step_run_by_hand_moves_the_rollout_on()
    {
        var world = await AtAnalysisAsync();

        world.Objects.MergePatch(ArgoWorld.Runs, "default", world.StepRun.Text("metadata", "name")!,
            new JsonObject { ["spec"] = new JsonObject { ["terminate"] = true } });
        await world.SettleAsync();

        Assert.Equal(3, world.Step);
    }

    [Fact]
    public async Task A_companion_that_never_comes_aborts_the_rollout_340_seconds_after_the_start()
    {
        var world = await AtAnalysisAsync();

        await world.AdvanceAsync(339);
        Assert.Equal("Progressing", world.Phase);
        await world.AdvanceAsync(1);

        Assert.Equal("Degraded", world.Phase);
    }

    [Fact]
    public async Task Abort_by_patch_ends_the_run_and_scales_the_canary_down()
    {
        var world = await AtAnalysisAsync();
        var name = world.StepRun.Text("metadata", "name")!;

        world.PatchStatus("{status: {abort: true}}");
        await world.SettleAsync();

        Assert.Equal("RolloutAborted: Rollout aborted update to revision 2", world.Message);
        Assert.Equal(RunStory.Start.ToWire(), world.Rollout.Text("status", "abortedAt"));
        Assert.Equal([KeyValuePair.Create("v1", 5), KeyValuePair.Create("v2", 0)], world.Scale);
        Assert.True(world.Run(name).Flag("spec", "terminate"));
        Assert.Equal("Successful", world.Run(name).Text("status", "phase"));
    }

    [Fact]
    public async Task Retry_starts_the_steps_again_with_a_run_of_a_new_name()
    {
        var world = await AtAnalysisAsync();
        await world.VerdictAsync(world.StepRun!, "Failed");

        world.PatchStatus("{status: {abort: false}}");
        await world.SettleAsync();

        Assert.Equal(("Progressing", 1), (world.Phase, world.Step));
        Assert.Equal($"sample-{world.Hash("v2")}-2-1.1", world.StepRun.Text("metadata", "name"));
        Assert.Null(world.Rollout.At("status", "abortedAt"));
        Assert.Contains(("RolloutRetry", "Retrying Rollout after abort"), world.Events());

        await world.VerdictAsync(world.StepRun!, "Successful");
        Assert.Equal(3, world.Step);
    }

    [Fact]
    public async Task A_new_template_after_an_abort_takes_the_abort_away()
    {
        var world = await AtAnalysisAsync();
        await world.VerdictAsync(world.StepRun!, "Failed");

        await world.DeployAsync("v3");

        Assert.Equal(("Progressing", 1), (world.Phase, world.Step));
        Assert.Null(world.Rollout.At("status", "abort"));
        Assert.Equal($"sample-{world.Hash("v3")}-3-1", world.StepRun.Text("metadata", "name"));
    }

    [Fact]
    public async Task Going_back_to_stable_after_an_abort_makes_the_rollout_healthy()
    {
        var world = await AtAnalysisAsync();
        await world.VerdictAsync(world.StepRun!, "Failed");

        await world.DeployAsync("v1");

        Assert.Equal("Healthy", world.Phase);
    }

    [Fact]
    public async Task Promoting_past_a_step_run_that_is_under_way_terminates_it()
    {
        var world = await AtAnalysisAsync();
        var name = world.StepRun.Text("metadata", "name")!;

        world.PatchStatus("{status: {pauseConditions: null, currentStepIndex: 2}}");
        await world.SettleAsync();

        Assert.True(world.Run(name).Flag("spec", "terminate"));
        Assert.Equal(("Paused", 3), (world.Phase, world.Step));
    }

    [Fact]
    public async Task Going_back_to_stable_in_the_middle_terminates_the_run()
    {
        var world = await AtAnalysisAsync();
        var name = world.StepRun.Text("metadata", "name")!;

        await world.DeployAsync("v1");

        Assert.True(world.Run(name).Flag("spec", "terminate"));
        Assert.Equal("Healthy", world.Phase);
    }

    [Fact]
    public async Task A_new_template_in_the_middle_terminates_the_run_of_the_old_one()
    {
        var world = await AtAnalysisAsync();
        var old = world.StepRun.Text("metadata", "name")!;

        await world.DeployAsync("v3");

        Assert.True(world.Run(old).Flag("spec", "terminate"));
        Assert.Equal($"sample-{world.Hash("v3")}-3-1", world.StepRun.Text("metadata", "name"));
    }

    [Fact]
    public async Task An_abort_on_a_finished_update_is_taken_away()
    {
        var world = await ArgoWorld.DeployedAsync(Steps);

        world.PatchStatus("{status: {abort: true}}");
        await world.SettleAsync();

        Assert.Equal("Healthy", world.Phase);
        Assert.Null(world.Rollout.At("status", "abort"));
    }

    [Fact]
    public async Task An_abort_loses_against_a_full_promotion()
    {
        var world = await AtAnalysisAsync();

        world.PatchStatus("{status: {abort: true, promoteFull: true}}");
        await world.SettleAsync();

        Assert.Equal("Healthy", world.Phase);
        Assert.Equal(world.Hash("v2"), world.Rollout.Text("status", "stableRS"));
    }

    private static async Task<ArgoWorld> AtAnalysisAsync()
    {
        var world = await ArgoWorld.DeployedAsync(Steps);
        await world.DeployAsync("v2");
        Assert.Equal(1, world.Step);
        return world;
    }
}
