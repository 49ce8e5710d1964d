using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts facts (b), (d) and (e): ReplicaSets, steps, pauses, patches of the kubectl plugin.</summary>
public sealed class CanaryStepTests
{
    private const string TwoPauses = "{setWeight: 20}, {pause: {}}, {setWeight: 60}, {pause: {duration: 10s}}";

    [Fact]
    public async Task The_first_deploy_takes_no_steps_and_is_stable_at_once()
    {
        var world = await ArgoWorld.DeployedAsync($"{TwoPauses}, {ArgoWorld.AnalysisStep}", ArgoWorld.Analysis);

        Assert.Equal(world.Hash("v1"), world.Rollout.Text("status", "stableRS"));
        Assert.Equal(world.Hash("v1"), world.Rollout.Text("status", "currentPodHash"));
        Assert.Equal(5, world.Step);
        Assert.Empty(world.Objects.List(ArgoWorld.Runs));
    }

    [Fact]
    public async Task A_replica_set_carries_hash_selector_owner_revision_and_the_rollouts_annotations()
    {
        var world = await ArgoWorld.DeployedAsync(TwoPauses);
        await world.DeployAsync("v2");
        var (set, hash) = (world.ReplicaSet("v2"), world.Hash("v2"));

        Assert.Equal($"sample-{hash}", set.Text("metadata", "name"));
        Assert.Matches("^[bcdfghjklmnpqrstvwxz2456789]{1,10}$", hash);
        Assert.Equal(hash, set.Text("spec", "selector", "matchLabels", "rollouts-pod-template-hash"));
        Assert.Equal(hash, set.Text("spec", "template", "metadata", "labels", "rollouts-pod-template-hash"));
        Assert.Equal("sample", set.Text("metadata", "labels", "app"));
        var owner = Assert.Single(set.Items("metadata", "ownerReferences"));
        Assert.True(owner.Flag("controller"));
        Assert.Equal(world.Rollout.Text("metadata", "uid"), owner.Text("uid"));
        var annotations = set.TextMap("metadata", "annotations");
        Assert.Equal("2", annotations["rollout.argoproj.io/revision"]);
        Assert.Equal("5", annotations["rollout.argoproj.io/desired-replicas"]);
        Assert.Equal("blue", annotations["team"]);
        Assert.Equal("2", world.Rollout.TextMap("metadata", "annotations")["rollout.argoproj.io/revision"]);
    }

    [Theory]
    [InlineData(5, 20, 1, 4)]
    [InlineData(5, 50, 3, 3)]
    [InlineData(1, 5, 1, 1)]
    [InlineData(10, 5, 1, 10)]
    [InlineData(10, 30, 3, 7)]
    [InlineData(4, 0, 0, 4)]
    [InlineData(4, 100, 4, 0)]
    [InlineData(100, 7, 7, 93)]
    public async Task The_weight_of_a_basic_canary_is_a_share_of_pods_rounded_up(
        int replicas, int weight, int canary, int stable)
    {
        var world = await ArgoWorld.DeployedAsync($$"""{setWeight: {{weight}}}, {pause: {} }""", replicas: replicas);

        await world.DeployAsync("v2");

        Assert.Equal([KeyValuePair.Create("v1", stable), KeyValuePair.Create("v2", canary)], world.Scale);
        Assert.Equal(1, world.Step);
    }

    [Theory]
    [InlineData(20, 0, 1)]
    [InlineData(50, 1, 0)]
    [InlineData(60, 1, 0)]
    public async Task A_single_replica_without_surge_has_one_arm_only(int weight, int canary, int stable)
    {
        var world = await ArgoWorld.DeployedAsync(
            $$"""{setWeight: {{weight}}}, {{ArgoWorld.AnalysisStep}}""", "maxSurge: 0, maxUnavailable: 1", 1);

        await world.DeployAsync("v2");

        Assert.Equal([KeyValuePair.Create("v1", stable), KeyValuePair.Create("v2", canary)], world.Scale);
        Assert.NotNull(world.StepRun);
    }

    [Fact]
    public async Task A_step_of_weight_100_leaves_no_stable_pod_and_the_run_after_it_still_decides()
    {
        var world = await ArgoWorld.DeployedAsync($$"""{setWeight: 100}, {{ArgoWorld.AnalysisStep}}""");
        await world.DeployAsync("v2");

        Assert.Equal([KeyValuePair.Create("v1", 0), KeyValuePair.Create("v2", 5)], world.Scale);
        Assert.Equal(world.Hash("v1"), world.Rollout.Text("status", "stableRS"));

        await world.VerdictAsync(world.StepRun!, "Failed");
        Assert.Equal([KeyValuePair.Create("v1", 5), KeyValuePair.Create("v2", 0)], world.Scale);
    }

    [Fact]
    public async Task A_pause_without_duration_waits_until_it_is_promoted()
    {
        var world = await ArgoWorld.DeployedAsync(TwoPauses);
        await world.DeployAsync("v2");
        await world.AdvanceAsync(60);

        Assert.Equal(("Paused", "CanaryPauseStep"), (world.Phase, world.Message));
        Assert.True(world.Rollout.Flag("status", "controllerPause"));
        Assert.Equal("CanaryPauseStep", world.Rollout.Items("status", "pauseConditions")[0].Text("reason"));

        world.PatchStatus("{status: {pauseConditions: null}}");
        await world.SettleAsync();

        Assert.Equal(3, world.Step);
        Assert.Equal([KeyValuePair.Create("v1", 2), KeyValuePair.Create("v2", 3)], world.Scale);
    }

    [Fact]
    public async Task A_pause_with_duration_ends_by_itself_and_the_last_step_promotes()
    {
        var world = await ArgoWorld.DeployedAsync("{setWeight: 20}, {pause: {duration: 10s}}");
        await world.DeployAsync("v2");
        Assert.Equal(RunStory.Start.AddSeconds(10), world.NextAt);

        await world.AdvanceAsync(9);
        Assert.Equal("Paused", world.Phase);
        await world.AdvanceAsync(1);

        Assert.Equal("Healthy", world.Phase);
        Assert.Equal(world.Hash("v2"), world.Rollout.Text("status", "stableRS"));
        Assert.Equal([KeyValuePair.Create("v1", 0), KeyValuePair.Create("v2", 5)], world.Scale);
        var completed = $"Rollout completed update to revision 2 ({world.Hash("v2")}): Completed all 2 canary steps";
        Assert.Contains(("RolloutCompleted", completed), world.Events());
        Assert.Contains(("RolloutStepCompleted", "Rollout step 1/2 completed (setWeight: 20)"), world.Events());
    }

    [Theory]
    [InlineData("duration: 90", 90)]
    [InlineData("duration: \"90\"", 90)]
    [InlineData("duration: 1m30s", 90)]
    public async Task A_pause_is_given_in_seconds_or_as_a_go_duration(string duration, int seconds)
    {
        var world = await ArgoWorld.DeployedAsync($$"""{setWeight: 20}, {pause: { {{duration}} } }""");

        await world.DeployAsync("v2");

        Assert.Equal(RunStory.Start.AddSeconds(seconds), world.NextAt);
    }

    [Fact]
    public async Task Steps_wait_until_every_pod_is_available()
    {
        var world = await ArgoWorld.DeployedAsync(TwoPauses);
        world.Broken.Add("v2");

        await world.DeployAsync("v2");
        Assert.Equal(0, world.Step);
        Assert.Equal("Progressing", world.Phase);

        world.Broken.Clear();
        await world.SettleAsync();
        Assert.Equal(1, world.Step);
    }

    [Fact]
    public async Task Promote_full_skips_all_steps_and_their_analysis()
    {
        var world = await ArgoWorld.DeployedAsync($"{TwoPauses}, {ArgoWorld.AnalysisStep}", ArgoWorld.Analysis);
        await world.DeployAsync("v2");

        world.PatchStatus("{status: {promoteFull: true}}");
        await world.SettleAsync();

        Assert.Equal("Healthy", world.Phase);
        Assert.Null(world.Rollout.At("status", "promoteFull"));
        Assert.Equal([KeyValuePair.Create("v1", 0), KeyValuePair.Create("v2", 5)], world.Scale);
        var background = Assert.Single(world.Objects.List(ArgoWorld.Runs));
        Assert.True(background.Flag("spec", "terminate"));
        Assert.Equal("Successful", background.Text("status", "phase"));
    }

    [Fact]
    public async Task Promote_without_a_pause_moves_one_step_on()
    {
        var world = await ArgoWorld.DeployedAsync(TwoPauses);
        world.Broken.Add("v2");
        await world.DeployAsync("v2");

        world.PatchStatus("{status: {pauseConditions: null, currentStepIndex: 1}}");
        await world.SettleAsync();

        Assert.Equal(("Paused", 1), (world.Phase, world.Step));
    }

    [Fact]
    public async Task A_paused_spec_stops_steps_and_makes_no_new_replica_set()
    {
        var world = await ArgoWorld.DeployedAsync(TwoPauses);
        world.Patch("{spec: {paused: true}}");

        await world.DeployAsync("v2");
        Assert.Equal(("Paused", "manually paused"), (world.Phase, world.Message));
        Assert.Single(world.ReplicaSets);

        world.Patch("{spec: {paused: false}}");
        await world.SettleAsync();
        Assert.Equal(1, world.Step);
    }

    [Fact]
    public async Task Going_back_to_the_stable_template_skips_all_steps_at_once()
    {
        var world = await ArgoWorld.DeployedAsync(TwoPauses);
        await world.DeployAsync("v2");

        await world.DeployAsync("v1");

        Assert.Equal(("Healthy", 4), (world.Phase, world.Step));
        Assert.Equal([KeyValuePair.Create("v1", 5), KeyValuePair.Create("v2", 0)], world.Scale);
        Assert.Equal("3", world.ReplicaSet("v1").TextMap("metadata", "annotations")["rollout.argoproj.io/revision"]);
        Assert.Contains(("SkipSteps", "Rollback to stable"), world.Events());
    }

    [Fact]
    public async Task A_third_template_starts_the_steps_again_and_removes_the_second()
    {
        var world = await ArgoWorld.DeployedAsync(TwoPauses);
        await world.DeployAsync("v2");

        await world.DeployAsync("v3");

        Assert.Equal(("Paused", 1), (world.Phase, world.Step));
        Assert.Equal(new Dictionary<string, int> { ["v1"] = 4, ["v2"] = 0, ["v3"] = 1 }, world.Scale);
    }

    [Fact]
    public async Task Old_replica_sets_beyond_the_history_limit_are_deleted()
    {
        var world = await ArgoWorld.DeployedAsync("");
        world.Patch("{spec: {revisionHistoryLimit: 1}}");

        foreach (var version in new[] { "v2", "v3", "v4" })
            await world.DeployAsync(version);

        Assert.Equal(["v3", "v4"], world.Scale.Keys);
    }

    [Fact]
    public async Task Scaling_a_paused_canary_keeps_its_weight()
    {
        var world = await ArgoWorld.DeployedAsync(TwoPauses);
        await world.DeployAsync("v2");

        world.Patch("{spec: {replicas: 10}}");
        await world.SettleAsync();

        Assert.Equal([KeyValuePair.Create("v1", 8), KeyValuePair.Create("v2", 2)], world.Scale);
        Assert.Equal("Paused", world.Phase);
    }

    [Fact]
    public async Task The_observed_generation_is_a_text_and_the_status_says_what_a_scaler_needs()
    {
        var world = await ArgoWorld.DeployedAsync(TwoPauses);
        await world.DeployAsync("v2");
        var status = world.Rollout["status"];

        Assert.Equal("2", status.Text("observedGeneration"));
        Assert.Equal("app=sample", status.Text("selector"));
        var counts = new[] { "replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "HPAReplicas" };
        Assert.Equal([5, 1, 5, 5, 5], counts.Select(count => status.Int(count)));
        Assert.Null(status.At("canary", "weights"));
    }

    [Theory]
    [InlineData("{setHeaderRoute: {} }",
        "spec.strategy.canary.steps[0]: Unsupported value: the local cluster plays setWeight, setCanaryScale, "
            + "pause, analysis and experiment")]
    [InlineData("{experiment: {templates: [{name: a, specRef: stable, weight: 5}]}}",
        "spec.strategy.canary.steps[0].experiment.templates[0].weight: Unsupported value: "
            + "not played by the local cluster")]
    [InlineData("{analysis: {templates: [{templateName: nope}]}}",
        "spec.strategy.canary.steps[0].analysis.templates: Invalid value: AnalysisTemplate 'nope' not found")]
    [InlineData("{setWeight: 101}",
        "spec.strategy.canary.steps[0].setWeight: Invalid value: 101: SetWeight needs to be between 0 and 100")]
    [InlineData("{analysis: {templates: [{templateName: endless}]}}",
        "spec.strategy.canary.steps[0].analysis.templates: Invalid value: "
            + "metric 'm' runs indefinitely. Invalid value for count: 0")]
    [InlineData("{analysis: {templates: [{templateName: canary}]}}",
        "spec.strategy.canary.steps[0].analysis.templates: Invalid value: args.stable was not resolved")]
    public async Task A_rollout_that_cannot_be_played_says_why_and_makes_no_pods(string step, string problem)
    {
        var world = await ArgoWorld.DeployedAsync("");
        world.Create("analysistemplates.argoproj.io", """
            apiVersion: argoproj.io/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: endless}
            spec: {metrics: [{name: m, interval: 10s, provider: {plugin: {x: {}}}}]}
            """);
        world.Patch($$"""{spec: {strategy: {canary: {steps: [{{step}}]} } } }""");

        await world.DeployAsync("v2");

        Assert.Equal("Degraded", world.Phase);
        Assert.Equal($"InvalidSpec: The Rollout \"sample\" is invalid: {problem}", world.Message);
        Assert.Single(world.ReplicaSets);

        world.Patch("{spec: {strategy: {canary: {steps: null}}}}");
        await world.SettleAsync();
        Assert.Equal("Healthy", world.Phase);
    }

    [Theory]
    [InlineData("{rollbackWindow: {revisions: 3}}", "spec.rollbackWindow")]
    [InlineData("{strategy: {canary: {minPodsPerReplicaSet: 2}}}", "spec.strategy.canary.minPodsPerReplicaSet")]
    [InlineData("{strategy: {canary: {pingPong: {}}}}", "spec.strategy.canary.pingPong")]
    public async Task What_is_not_played_is_refused_by_name(string spec, string field)
    {
        var world = await ArgoWorld.DeployedAsync("");

        world.Patch($"{{spec: {spec}}}");
        await world.SettleAsync();

        Assert.Equal($"InvalidSpec: The Rollout \"sample\" is invalid: {field}: Unsupported value: "
            + "not played by the local cluster", world.Message);
    }

    [Fact]
    public async Task Going_back_to_an_older_template_gives_its_replica_set_a_new_revision()
    {
        var world = await ArgoWorld.DeployedAsync("");
        await world.DeployAsync("v2");

        await world.DeployAsync("v1");

        var annotations = world.ReplicaSet("v1").TextMap("metadata", "annotations");
        Assert.Equal(("3", "1"), (annotations["rollout.argoproj.io/revision"],
            annotations["rollout.argoproj.io/revision-history"]));
        Assert.Contains(("RolloutNotCompleted",
            $"Rollout not completed, started update to revision 3 ({world.Hash("v1")})"), world.Events());
        Assert.Equal(2, world.ReplicaSets.Count);
    }

    [Fact]
    public async Task A_rollout_with_an_instance_id_belongs_to_another_controller()
    {
        var world = await ArgoWorld.DeployedAsync("");
        world.Patch("{metadata: {labels: {argo-rollouts.argoproj.io/controller-instance-id: other}}}");

        await world.DeployAsync("v2");

        Assert.Single(world.ReplicaSets);
    }
}
