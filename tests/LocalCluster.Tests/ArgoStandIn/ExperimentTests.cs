using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts facts (b) and (g) of Experiments: a fresh baseline arm beside the canary's.</summary>
public sealed class ExperimentTests
{
    private static readonly string Step = """
        {setWeight: 20}, {experiment: {duration: 60s,
          templates: [{name: baseline, specRef: stable, replicas: 2}, {name: trial, specRef: canary, service: {} }],
          analyses: [{name: judge, templateName: canary, args: [
            {name: stable, value: "{{templates.baseline.podTemplateHash}}"},
            {name: latest, valueFrom: {podTemplateHashValue: Latest}}]}]} }, {pause: {} }
        """.ReplaceLineEndings(" ");

    [Fact]
    public async Task A_step_makes_an_experiment_with_the_rollouts_two_templates()
    {
        var world = await UpdatingAsync();
        var experiment = Experiment(world);

        Assert.Equal($"sample-{world.Hash("v2")}-2-1", experiment.Text("metadata", "name"));
        Assert.Equal(world.Hash("v2"), experiment.Text("metadata", "labels", ArgoNames.HashLabel));
        Assert.Equal("2", experiment.TextMap("metadata", "annotations")["rollout.argoproj.io/revision"]);
        Assert.Equal("Rollout", Assert.Single(experiment.Items("metadata", "ownerReferences")).Text("kind"));
        Assert.Equal(experiment.Text("metadata", "name"), world.Rollout.Text("status", "canary", "currentExperiment"));
        Assert.Equal(["sample-api:v1", "sample-api:v2"], experiment.Items("spec", "templates").Select(template =>
            template.Items("template", "spec", "containers")[0].Text("image")));
    }

    [Fact]
    public async Task Its_replica_sets_belong_to_the_experiment_and_carry_a_hash_of_their_own()
    {
        var world = await UpdatingAsync();
        var baseline = Set(world, "baseline");

        Assert.Equal(2, baseline.Int("spec", "replicas"));
        var owner = Assert.Single(baseline.Items("metadata", "ownerReferences"));
        Assert.Equal(("Experiment", true), (owner.Text("kind"), owner.Flag("controller")));
        var annotations = baseline.TextMap("metadata", "annotations");
        Assert.Equal("baseline", annotations["experiment.argoproj.io/template-name"]);
        var hash = baseline.Text("metadata", "labels", ArgoNames.HashLabel);
        Assert.Equal(hash, baseline.Text("spec", "selector", "matchLabels", ArgoNames.HashLabel));
        Assert.Equal("sample", baseline.Text("spec", "template", "metadata", "labels", "app"));
        Assert.Equal([KeyValuePair.Create("v1", 4), KeyValuePair.Create("v2", 1)], world.Scale);
    }

    [Fact]
    public async Task The_status_tells_of_each_template_and_of_its_service_where_there_is_one()
    {
        var world = await UpdatingAsync();
        var statuses = Experiment(world).Items("status", "templateStatuses");

        Assert.Equal([("baseline", "Running", 2), ("trial", "Running", 1)], statuses.Select(status =>
            (status.Text("name")!, status.Text("status")!, status.Int("availableReplicas")!.Value)));
        Assert.Null(statuses[0].Text("podTemplateHash"));
        var set = Set(world, "trial");
        Assert.Equal(set.Text("metadata", "labels", ArgoNames.HashLabel), statuses[1].Text("podTemplateHash"));
        Assert.NotNull(world.Objects.Get("services", "default", statuses[1].Text("serviceName")!));
    }

    [Fact]
    public async Task A_run_of_an_experiment_is_named_after_it_and_has_no_hash_label()
    {
        var world = await UpdatingAsync();
        var run = Assert.Single(world.Objects.List(ArgoWorld.Runs));

        Assert.Equal($"sample-{world.Hash("v2")}-2-1-judge", run.Text("metadata", "name"));
        Assert.Null(run.Text("metadata", "labels", ArgoNames.HashLabel));
        Assert.Equal("Experiment", Assert.Single(run.Items("metadata", "ownerReferences")).Text("kind"));
        Assert.Equal([Set(world, "baseline").Text("metadata", "labels", ArgoNames.HashLabel), world.Hash("v2")],
            run.Items("spec", "args").Select(argument => argument.Text("value")));
    }

    [Fact]
    public async Task No_run_begins_before_every_template_is_available()
    {
        var world = await ArgoWorld.DeployedAsync(Step);
        world.Broken.Add("v1");
        await world.DeployAsync("v2");

        Assert.Empty(world.Objects.List(ArgoWorld.Runs));
    }

    [Fact]
    public async Task A_passed_analysis_and_the_end_of_the_duration_complete_the_step()
    {
        var world = await UpdatingAsync();
        await world.VerdictAsync(world.Objects.List(ArgoWorld.Runs)[0], "Successful");
        Assert.Equal(("Running", 1), (Phase(world), world.Step));

        await world.AdvanceAsync(60);

        Assert.Equal(("Successful", 2), (Phase(world), world.Step));
        Assert.Equal(0, Set(world, "baseline").Int("spec", "replicas"));
        Assert.Null(world.Rollout.Text("status", "canary", "currentExperiment"));
    }

    [Theory]
    [InlineData("Failed", "Degraded", 0)]
    [InlineData("Error", "Degraded", 0)]
    [InlineData("Inconclusive", "Paused", 1)]
    public async Task The_phase_of_its_run_is_that_of_the_experiment_and_acts_on_the_rollout(
        string phase, string rollout, int step)
    {
        var world = await UpdatingAsync();

        await world.VerdictAsync(world.Objects.List(ArgoWorld.Runs)[0], phase);

        Assert.Equal((phase, rollout, step), (Phase(world), world.Phase, world.Step));
        Assert.Equal(0, Set(world, "baseline").Int("spec", "replicas"));
    }

    [Fact]
    public async Task An_abort_terminates_the_experiment_and_its_run()
    {
        var world = await UpdatingAsync();

        world.PatchStatus("{status: {abort: true}}");
        await world.SettleAsync();

        Assert.True(Experiment(world).Flag("spec", "terminate"));
        Assert.True(Assert.Single(world.Objects.List(ArgoWorld.Runs)).Flag("spec", "terminate"));
        Assert.Equal(0, Set(world, "trial").Int("spec", "replicas"));
    }

    [Fact]
    public async Task A_template_that_does_not_come_up_within_its_deadline_fails_the_experiment()
    {
        var world = await ArgoWorld.DeployedAsync(Step);
        world.Broken.Add("v1");
        await world.DeployAsync("v2");

        await world.AdvanceAsync(600);

        Assert.Equal(("Failed", "Degraded"), (Phase(world), world.Phase));
        Assert.Contains("exceeded its progressDeadlineSeconds (600)", Experiment(world).Text("status", "message"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_the_rollout_takes_the_experiment_and_all_that_it_owns()
    {
        var world = await UpdatingAsync();

        world.Objects.Delete(ArgoWorld.Rollouts, "default", "sample");
        await world.SettleAsync();

        Assert.Empty(world.Objects.List(ArgoWorld.Experiments));
        Assert.Empty(world.Objects.List("replicasets.apps"));
        Assert.Empty(world.Objects.List(ArgoWorld.Runs));
    }

    private static async Task<ArgoWorld> UpdatingAsync()
    {
        var world = await ArgoWorld.DeployedAsync(Step);
        await world.DeployAsync("v2");
        return world;
    }

    private static JsonObject Experiment(ArgoWorld world) =>
        Assert.Single(world.Objects.List(ArgoWorld.Experiments));

    private static string? Phase(ArgoWorld world) => Experiment(world).Text("status", "phase");

    private static JsonObject Set(ArgoWorld world, string template) => world.Objects.List("replicasets.apps").Single(
        set => set.Text("metadata", "annotations", "experiment.argoproj.io/template-name") == template);
}
