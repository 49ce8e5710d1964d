using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts facts (d) and (g) for the background run of a canary.</summary>
public sealed class BackgroundAnalysisTests
{
    private const string Steps = "{setWeight: 20}, {pause: {}}, {setWeight: 60}, {pause: {}}";

    [Fact]
    public async Task A_background_run_starts_with_the_update_and_has_no_infix_and_no_step()
    {
        var world = await UpdatingAsync();

        Assert.Equal($"sample-{world.Hash("v2")}-2", world.BackgroundRun.Text("metadata", "name"));
        Assert.Equal("Background", world.BackgroundRun.TextMap("metadata", "labels")["rollout-type"]);
        Assert.DoesNotContain("step-index", world.BackgroundRun.TextMap("metadata", "labels").Keys);
    }

    [Fact]
    public async Task A_starting_step_delays_the_background_run()
    {
        var world = await UpdatingAsync("startingStep: 2, ");
        Assert.Null(world.BackgroundRun);

        world.PatchStatus("{status: {pauseConditions: null}}");
        await world.SettleAsync();

        Assert.NotNull(world.BackgroundRun);
    }

    [Theory]
    [InlineData("Failed")]
    [InlineData("Error")]
    public async Task A_failed_background_run_aborts_even_while_a_pause_step_is_active(string phase)
    {
        var world = await UpdatingAsync();
        Assert.Equal("Paused", world.Phase);

        await world.VerdictAsync(world.BackgroundRun!, phase, "5xx up");

        const string Start = "RolloutAborted: Rollout aborted update to revision 2: "
            + "Background analysis phase error/failed: ";
        Assert.StartsWith(Start, world.Message, StringComparison.Ordinal);
        Assert.Null(world.Rollout.At("status", "pauseConditions"));
        Assert.Equal([KeyValuePair.Create("v1", 5), KeyValuePair.Create("v2", 0)], world.Scale);
    }

    [Fact]
    public async Task A_failed_background_run_aborts_even_while_the_spec_is_paused()
    {
        var world = await UpdatingAsync();
        world.Patch("{spec: {paused: true}}");
        await world.SettleAsync();

        await world.VerdictAsync(world.BackgroundRun!, "Failed");

        Assert.True(world.Rollout.Flag("status", "abort"));
        Assert.Equal("Degraded", world.Phase);
    }

    [Fact]
    public async Task A_successful_background_run_changes_nothing_and_is_never_followed_by_another()
    {
        var world = await UpdatingAsync();

        await world.VerdictAsync(world.BackgroundRun!, "Successful");
        Assert.Equal(("Paused", 1), (world.Phase, world.Step));
        world.PatchStatus("{status: {pauseConditions: null}}");
        await world.SettleAsync();

        Assert.Equal(("Paused", 3), (world.Phase, world.Step));
        Assert.Single(world.Objects.List(ArgoWorld.Runs));
    }

    [Fact]
    public async Task An_inconclusive_background_run_pauses_and_a_new_one_follows_the_promotion()
    {
        var world = await UpdatingAsync(steps: "{setWeight: 20}, " + ArgoWorld.AnalysisStep);

        await world.VerdictAsync(world.BackgroundRun!, "Inconclusive");
        Assert.Equal(("Paused", "InconclusiveAnalysisRun"), (world.Phase, world.Message));

        world.PatchStatus("{status: {pauseConditions: null}}");
        await world.SettleAsync();
        Assert.Equal($"sample-{world.Hash("v2")}-2.1", world.BackgroundRun.Text("metadata", "name"));
        Assert.Equal("Progressing", world.Phase);
    }

    [Fact]
    public async Task An_argument_keeps_the_value_that_it_had_when_the_run_was_made()
    {
        var world = await ArgoWorld.DeployedAsync("{setWeight: 20}, {pause: {}}, {setWeight: 60}, {pause: {}}", """
            analysis: {templates: [{templateName: canary}], args: [{name: stable, value: s},
              {name: latest, valueFrom: {fieldRef: {fieldPath: status.currentStepIndex} } }]}
            """.ReplaceLineEndings(" "));
        await world.DeployAsync("v2");
        var (name, then) = (world.BackgroundRun.Text("metadata", "name"), Latest(world));

        world.PatchStatus("{status: {pauseConditions: null} }");
        await world.SettleAsync();

        Assert.Equal(3, world.Step);
        Assert.Equal(name, world.BackgroundRun.Text("metadata", "name"));
        Assert.Equal((then, "0"), (Latest(world), then));
    }

    private static string? Latest(ArgoWorld world) =>
        world.BackgroundRun.Items("spec", "args").Single(argument => argument.Text("name") == "latest").Text("value");

    [Fact]
    public async Task The_end_of_the_update_terminates_the_background_run_and_clears_it_from_the_status()
    {
        var world = await UpdatingAsync();
        var name = world.BackgroundRun.Text("metadata", "name")!;

        for (var i = 0; i < 2; i++)
        {
            world.PatchStatus("{status: {pauseConditions: null}}");
            await world.SettleAsync();
        }

        Assert.Equal("Healthy", world.Phase);
        Assert.Null(world.BackgroundRun);
        Assert.True(world.Run(name).Flag("spec", "terminate"));
        Assert.Equal(("Successful", "Run Terminated"),
            (world.Run(name).Text("status", "phase"), world.Run(name).Text("status", "message")));
    }

    [Fact]
    public async Task An_argument_that_cannot_be_resolved_makes_no_run_but_an_event_and_the_steps_go_on()
    {
        var world = await UpdatingAsync(given: "{name: latest, valueFrom: {fieldRef: {fieldPath: spec.nothing}}}");

        Assert.Null(world.BackgroundRun);
        Assert.Equal("Paused", world.Phase);
        Assert.Contains(("AnalysisRunNotCreated", "invalid path spec.nothing in rollout"), world.Events());
    }

    [Fact]
    public async Task A_background_run_without_an_end_is_allowed()
    {
        var world = await UpdatingAsync();
        world.Objects.MergePatch("analysistemplates.argoproj.io", "default", "canary", Cluster.Object("""
            {spec: {metrics: [{name: canary, interval: 10s, initialDelay: 5m, provider: {plugin: {x: {}}}}]}}
            """));

        await world.DeployAsync("v3");

        Assert.Equal("Paused", world.Phase);
        Assert.Equal("10s", world.BackgroundRun.Items("spec", "metrics")[0].Text("interval"));
    }

    private static async Task<ArgoWorld> UpdatingAsync(string extra = "", string steps = Steps, string? given = null)
    {
        var analysis = ArgoWorld.Analysis.Replace("analysis: {", "analysis: {" + extra, StringComparison.Ordinal);
        if (given is not null)
        {
            analysis = "analysis: {templates: [{templateName: canary}], "
                + $"args: [{{name: stable, value: x}}, {given}]}}";
        }
        var world = await ArgoWorld.DeployedAsync(steps, analysis);
        await world.DeployAsync("v2");
        return world;
    }
}
