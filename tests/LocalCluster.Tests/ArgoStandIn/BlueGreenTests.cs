using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts facts (b), (c), (d), (g) of blue-green: Services, pauses, runs around promotion.</summary>
public sealed class BlueGreenTests
{
    private const string Analysis = "{templates: [{templateName: canary}], args: ["
        + "{name: stable, valueFrom: {podTemplateHashValue: Stable}}, "
        + "{name: latest, valueFrom: {podTemplateHashValue: Latest}}]}";

    private const string Pre = "prePromotionAnalysis: " + Analysis;
    private const string Post = "postPromotionAnalysis: " + Analysis;

    [Fact]
    public async Task The_first_version_gets_both_services_and_no_analysis()
    {
        var world = await ArgoWorld.DeployedBlueGreenAsync($"{Pre}, {Post}");

        Assert.Equal(("v1", "v1"), (world.VersionBehind("active"), world.VersionBehind("preview")));
        Assert.Equal(world.Hash("v1"), world.Rollout.Text("status", "stableRS"));
        Assert.Empty(world.Objects.List(ArgoWorld.Runs));
        Assert.Equal("sample", world.Objects.Get("services", "default", "active")
            .Text("metadata", "annotations", "argo-rollouts.argoproj.io/managed-by-rollouts"));
    }

    [Fact]
    public async Task Without_analysis_all_traffic_changes_over_at_once_and_the_old_set_goes_after_thirty_seconds()
    {
        var world = await ArgoWorld.DeployedBlueGreenAsync();

        await world.DeployAsync("v2");

        Assert.Equal(("Healthy", "v2"), (world.Phase, world.VersionBehind("active")));
        Assert.Equal([KeyValuePair.Create("v1", 2), KeyValuePair.Create("v2", 2)], world.Scale);
        await world.AdvanceAsync(29);
        Assert.Equal(2, world.Scale["v1"]);
        await world.AdvanceAsync(1);
        Assert.Equal(0, world.Scale["v1"]);
        var completed = $"Rollout completed update to revision 2 ({world.Hash("v2")}): Completed blue-green update";
        Assert.Contains(("RolloutCompleted", completed), world.Events());
    }

    [Theory]
    [InlineData("scaleDownDelaySeconds: 5", 5)]
    [InlineData("scaleDownDelaySeconds: 90", 90)]
    public async Task The_old_set_stays_as_long_as_scaleDownDelaySeconds_says(string delay, int seconds)
    {
        var world = await ArgoWorld.DeployedBlueGreenAsync(delay);
        await world.DeployAsync("v2");

        await world.AdvanceAsync(seconds - 1);
        Assert.Equal(2, world.Scale["v1"]);
        await world.AdvanceAsync(1);
        Assert.Equal(0, world.Scale["v1"]);
    }

    [Fact]
    public async Task The_status_names_the_hashes_behind_the_services_not_selectors()
    {
        var world = await ArgoWorld.DeployedBlueGreenAsync("autoPromotionEnabled: false");
        await world.DeployAsync("v2");

        Assert.Equal(world.Hash("v2"), world.Rollout.Text("status", "blueGreen", "previewSelector"));
        Assert.Equal(world.Hash("v1"), world.Rollout.Text("status", "blueGreen", "activeSelector"));
    }

    [Fact]
    public async Task The_scale_subresource_shows_the_active_set_only()
    {
        var world = await ArgoWorld.DeployedBlueGreenAsync("autoPromotionEnabled: false");
        await world.DeployAsync("v2");
        var status = world.Rollout["status"];

        Assert.Equal((4, 2, 2), (status.Int("replicas"), status.Int("HPAReplicas"), status.Int("availableReplicas")));
        Assert.Equal(
            $"app=sample,rollouts-pod-template-hash={world.Hash("v1")}", status.Text("selector"));
    }

    [Fact]
    public async Task Without_auto_promotion_it_pauses_until_a_person_promotes()
    {
        var world = await ArgoWorld.DeployedBlueGreenAsync("autoPromotionEnabled: false");
        await world.DeployAsync("v2");
        await world.AdvanceAsync(60);

        Assert.Equal(("Paused", "BlueGreenPause", "v1"), (world.Phase, world.Message, world.VersionBehind("active")));
        Assert.Equal("v2", world.VersionBehind("preview"));

        world.PatchStatus("{status: {pauseConditions: null}}");
        await world.SettleAsync();
        Assert.Equal(("Healthy", "v2"), (world.Phase, world.VersionBehind("active")));
    }

    [Fact]
    public async Task AutoPromotionSeconds_promotes_after_that_long_a_pause()
    {
        var world = await ArgoWorld.DeployedBlueGreenAsync("autoPromotionSeconds: 20");
        await world.DeployAsync("v2");
        Assert.Equal(("Paused", RunStory.Start.AddSeconds(20)), (world.Phase, world.NextAt));

        await world.AdvanceAsync(19);
        Assert.Equal("v1", world.VersionBehind("active"));
        await world.AdvanceAsync(1);
        Assert.Equal(("Healthy", "v2"), (world.Phase, world.VersionBehind("active")));
    }

    [Fact]
    public async Task PreviewReplicaCount_keeps_the_preview_small_until_it_is_promoted()
    {
        var world = await ArgoWorld.DeployedBlueGreenAsync("previewReplicaCount: 1, autoPromotionEnabled: false", 4);
        await world.DeployAsync("v2");
        Assert.Equal([KeyValuePair.Create("v1", 4), KeyValuePair.Create("v2", 1)], world.Scale);
        Assert.Equal("Paused", world.Phase);

        world.PatchStatus("{status: {pauseConditions: null}}");
        await world.SettleAsync();

        Assert.Equal(("Healthy", "v2", 4), (world.Phase, world.VersionBehind("active"), world.Scale["v2"]));
        Assert.False(world.Rollout.Flag("status", "blueGreen", "scaleUpPreviewCheckPoint"));
    }

    [Fact]
    public async Task PreviewReplicaCount_judges_the_small_preview_before_it_is_scaled_up()
    {
        var world = await ArgoWorld.DeployedBlueGreenAsync($"previewReplicaCount: 1, {Pre}", 4);
        await world.DeployAsync("v2");
        Assert.Equal(1, world.Scale["v2"]);
        Assert.NotNull(world.PreRun);

        await world.VerdictAsync(world.PreRun!, "Successful");

        Assert.Equal(("Healthy", "v2", 4), (world.Phase, world.VersionBehind("active"), world.Scale["v2"]));
    }

    [Fact]
    public async Task No_traffic_changes_over_before_every_new_pod_is_available()
    {
        var world = await ArgoWorld.DeployedBlueGreenAsync();
        world.Broken.Add("v2");

        await world.DeployAsync("v2");
        Assert.Equal(("Progressing", "v1"), (world.Phase, world.VersionBehind("active")));

        world.Broken.Clear();
        await world.SettleAsync();
        Assert.Equal(("Healthy", "v2"), (world.Phase, world.VersionBehind("active")));
    }

    [Theory]
    [InlineData("pre", "PrePromotion", "v1")]
    [InlineData("post", "PostPromotion", "v2")]
    public async Task A_promotion_run_has_name_labels_and_arguments_of_its_kind(
        string infix, string type, string active)
    {
        var world = await UpdatingAsync(infix == "pre" ? Pre : Post);
        var run = infix == "pre" ? world.PreRun : world.PostRun;

        Assert.Equal($"sample-{world.Hash("v2")}-2-{infix}", run.Text("metadata", "name"));
        var labels = run.TextMap("metadata", "labels");
        Assert.Equal((type, world.Hash("v2")), (labels["rollout-type"], labels["rollouts-pod-template-hash"]));
        Assert.False(labels.ContainsKey("step-index"));
        Assert.Equal("2", run.TextMap("metadata", "annotations")["rollout.argoproj.io/revision"]);
        Assert.Equal([world.Hash("v1"), world.Hash("v2")],
            run.Items("spec", "args").Select(argument => argument.Text("value")));
        Assert.Equal(active, world.VersionBehind("active"));
        Assert.Equal(world.Hash("v1"), world.Rollout.Text("status", "stableRS"));
    }

    [Fact]
    public async Task A_passed_pre_promotion_run_lets_the_traffic_change_over()
    {
        var world = await UpdatingAsync(Pre);
        Assert.Equal("active service cutover pending", world.Message);

        await world.VerdictAsync(world.PreRun!, "Successful");

        Assert.Equal(("Healthy", "v2"), (world.Phase, world.VersionBehind("active")));
        Assert.Equal("Successful",
            world.Rollout.Text("status", "blueGreen", "prePromotionAnalysisRunStatus", "status"));
    }

    [Theory]
    [InlineData("Failed")]
    [InlineData("Error")]
    public async Task A_bad_pre_promotion_run_aborts_and_the_active_service_never_moved(string phase)
    {
        var world = await UpdatingAsync(Pre);

        await world.VerdictAsync(world.PreRun!, phase);

        Assert.Equal(("Degraded", "v1"), (world.Phase, world.VersionBehind("active")));
        Assert.StartsWith("RolloutAborted: Rollout aborted update to revision 2: "
            + "Blue/green pre-promotion analysis phase error/failed: ", world.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(world.Events(), what => what.Reason == "SwitchService"
            && what.Message.EndsWith($"'active' from '{world.Hash("v1")}' to '{world.Hash("v2")}'",
                StringComparison.Ordinal));
        await world.AdvanceAsync(30);
        Assert.Equal(0, world.Scale["v2"]);
    }

    [Fact]
    public async Task Stable_moves_only_after_the_post_promotion_run_has_passed()
    {
        var world = await UpdatingAsync(Post);
        Assert.Equal(("Progressing", "waiting for analysis to complete"), (world.Phase, world.Message));
        Assert.Equal(("v2", world.Hash("v1")),
            (world.VersionBehind("active"), world.Rollout.Text("status", "stableRS")));
        await world.AdvanceAsync(120);
        Assert.Equal(2, world.Scale["v1"]);

        await world.VerdictAsync(world.PostRun!, "Successful");

        Assert.Equal(("Healthy", world.Hash("v2")), (world.Phase, world.Rollout.Text("status", "stableRS")));
        await world.AdvanceAsync(30);
        Assert.Equal(0, world.Scale["v1"]);
    }

    [Theory]
    [InlineData("Failed")]
    [InlineData("Error")]
    public async Task A_bad_post_promotion_run_sends_the_active_service_back_to_stable(string phase)
    {
        var world = await UpdatingAsync(Post);

        await world.VerdictAsync(world.PostRun!, phase);

        Assert.Equal(("Degraded", "v1"), (world.Phase, world.VersionBehind("active")));
        Assert.Contains("Blue/green post-promotion analysis phase error/failed", world.Message,
            StringComparison.Ordinal);
        Assert.Equal(2, world.Scale["v2"]);
        await world.AdvanceAsync(30);
        Assert.Equal([KeyValuePair.Create("v1", 2), KeyValuePair.Create("v2", 0)], world.Scale);
    }

    [Fact]
    public async Task An_abort_does_not_switch_back_while_a_pod_of_the_new_set_is_unavailable()
    {
        var world = await UpdatingAsync(Post);
        world.Broken.Add("v2");
        await world.SettleAsync();

        world.PatchStatus("{status: {abort: true}}");
        await world.SettleAsync();
        Assert.Equal("v2", world.VersionBehind("active"));

        world.Broken.Clear();
        await world.SettleAsync();
        Assert.Equal("v1", world.VersionBehind("active"));
    }

    [Theory]
    [InlineData(Pre)]
    [InlineData(Post)]
    public async Task A_pod_that_is_lost_does_not_end_a_run_that_has_begun(string analysis)
    {
        var world = await UpdatingAsync(analysis);
        world.Broken.Add("v2");
        await world.SettleAsync();
        world.Broken.Clear();
        await world.SettleAsync();

        var run = Assert.Single(world.Objects.List(ArgoWorld.Runs));
        Assert.Equal(("Running", false), (run.Text("status", "phase"), run.Flag("spec", "terminate")));
        Assert.Equal(world.Hash("v1"), world.Rollout.Text("status", "stableRS"));
    }

    [Theory]
    [InlineData(Pre, "v1")]
    [InlineData(Post, "v2")]
    public async Task An_inconclusive_run_pauses_and_moves_nothing(string analysis, string active)
    {
        var world = await UpdatingAsync(analysis);

        await world.VerdictAsync((world.PreRun ?? world.PostRun)!, "Inconclusive");
        await world.AdvanceAsync(120);

        Assert.Equal(("Paused", "InconclusiveAnalysisRun"), (world.Phase, world.Message));
        Assert.Equal(active, world.VersionBehind("active"));
        Assert.Equal([KeyValuePair.Create("v1", 2), KeyValuePair.Create("v2", 2)], world.Scale);
    }

    [Fact]
    public async Task Promoting_past_an_inconclusive_run_makes_a_new_one()
    {
        var world = await UpdatingAsync(Post);
        await world.VerdictAsync(world.PostRun!, "Inconclusive");

        world.PatchStatus("{status: {pauseConditions: null}}");
        await world.SettleAsync();

        Assert.Equal($"sample-{world.Hash("v2")}-2-post.1", world.PostRun.Text("metadata", "name"));
        Assert.Equal("Progressing", world.Phase);
        await world.VerdictAsync(world.PostRun!, "Successful");
        Assert.Equal("Healthy", world.Phase);
    }

    [Fact]
    public async Task Promote_full_ends_the_runs_and_promotes_at_once()
    {
        var world = await UpdatingAsync($"{Pre}, {Post}");

        world.PatchStatus("{status: {promoteFull: true}}");
        await world.SettleAsync();

        Assert.Equal(("Healthy", "v2"), (world.Phase, world.VersionBehind("active")));
        var run = Assert.Single(world.Objects.List(ArgoWorld.Runs));
        Assert.True(run.Flag("spec", "terminate"));
    }

    [Fact]
    public async Task Retry_once_the_new_set_is_scaled_down_starts_with_a_new_run()
    {
        var world = await UpdatingAsync(Pre);
        await world.VerdictAsync(world.PreRun!, "Failed");
        await world.AdvanceAsync(40);

        world.PatchStatus("{status: {abort: false}}");
        await world.SettleAsync();

        Assert.Equal($"sample-{world.Hash("v2")}-2-pre.1", world.PreRun.Text("metadata", "name"));
        Assert.Equal(("Progressing", "v1"), (world.Phase, world.VersionBehind("active")));
    }

    [Fact]
    public async Task Going_back_within_the_scale_down_delay_asks_no_question()
    {
        var world = await ArgoWorld.DeployedBlueGreenAsync($"{Pre}, {Post}");
        await world.DeployAsync("v2");
        await world.VerdictAsync(world.PreRun!, "Successful");
        await world.VerdictAsync(world.PostRun!, "Successful");

        await world.DeployAsync("v1");

        Assert.Equal(("Healthy", "v1"), (world.Phase, world.VersionBehind("active")));
        Assert.Equal(2, world.Objects.List(ArgoWorld.Runs).Count);
        Assert.Null(world.ReplicaSet("v1").At("metadata", "annotations", "scale-down-deadline"));
    }

    [Theory]
    [InlineData("{activeService: nope}",
        "spec.strategy.blueGreen.activeService: Invalid value: \"nope\": service \"nope\" not found")]
    [InlineData("{previewService: active}",
        "spec.strategy.blueGreen.activeService: Duplicate value: This rollout uses the same service for the active and "
            + "preview services, but two different services are required.")]
    [InlineData("{prePromotionAnalysis: {templates: [{templateName: nope}]}}",
        "spec.strategy.blueGreen.prePromotionAnalysis.templates: Invalid value: AnalysisTemplate 'nope' not found")]
    [InlineData("{activeMetadata: {labels: {a: b}}}",
        "spec.strategy.blueGreen.activeMetadata: Unsupported value: not played by the local cluster")]
    public async Task A_blue_green_rollout_that_cannot_be_played_says_why(string change, string problem)
    {
        var world = await ArgoWorld.DeployedBlueGreenAsync();

        world.Patch($$"""{spec: {strategy: {blueGreen: {{change}} } } }""");
        await world.SettleAsync();

        Assert.Equal($"InvalidSpec: The Rollout \"sample\" is invalid: {problem}", world.Message);
    }

    private static async Task<ArgoWorld> UpdatingAsync(string blueGreen)
    {
        var world = await ArgoWorld.DeployedBlueGreenAsync(blueGreen);
        await world.DeployAsync("v2");
        return world;
    }
}
