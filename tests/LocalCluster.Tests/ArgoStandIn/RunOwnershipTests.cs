using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts facts (f) and (h): runs of a Rollout that its status does not name.</summary>
public sealed class RunOwnershipTests
{
    private const string Steps = "{setWeight: 20}, " + ArgoWorld.AnalysisStep;

    [Fact]
    public async Task A_controlled_run_that_is_not_current_is_terminated()
    {
        var world = await UpdatingAsync();

        world.Objects.Create(ArgoWorld.Runs, "default", Run(world, "extra", hash: world.Hash("v2")));
        await world.SettleAsync();

        Assert.True(world.Run("extra").Flag("spec", "terminate"));
        Assert.Equal("Successful", world.Run("extra").Text("status", "phase"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nosuchhash")]
    public async Task A_controlled_run_without_a_replica_set_behind_it_is_deleted_even_while_it_runs(string? hash)
    {
        var world = await UpdatingAsync();

        world.Objects.Create(ArgoWorld.Runs, "default", Run(world, "extra", hash));
        await world.SettleAsync();

        Assert.Null(world.Run("extra"));
    }

    [Fact]
    public async Task A_run_with_an_owner_that_is_not_its_controller_is_left_alone_by_the_rollout_but_still_run()
    {
        var world = await UpdatingAsync();
        var report = Run(world, "report", hash: null);
        report.Items("metadata", "ownerReferences")[0].Remove("controller");

        world.Objects.Create(ArgoWorld.Runs, "default", report);
        await world.SettleAsync();

        Assert.False(world.Run("report").Flag("spec", "terminate"));
        Assert.Equal("Running", world.Run("report").Text("status", "phase"));
        await world.AdvanceAsync(340);
        Assert.Equal("Error", world.Run("report").Text("status", "phase"));
    }

    [Fact]
    public async Task A_run_created_complete_is_never_touched()
    {
        var world = await UpdatingAsync();
        var report = Run(world, "report", hash: null);
        report.Items("metadata", "ownerReferences")[0].Remove("controller");
        report["spec"] = new JsonObject { ["metrics"] = new JsonArray() };
        report["status"] = new JsonObject { ["phase"] = "Failed", ["message"] = "ours" };

        var created = world.Objects.Create(ArgoWorld.Runs, "default", report);
        await world.AdvanceAsync(10);

        Assert.True(JsonNode.DeepEquals(created, world.Run("report")));
    }

    [Theory]
    [InlineData("secondsAfterCompletion: 20", "Failed", 20)]
    [InlineData("secondsAfterCompletion: 20, secondsAfterFailure: 5", "Failed", 5)]
    [InlineData("secondsAfterCompletion: 20, secondsAfterSuccess: 5", "Successful", 5)]
    [InlineData("secondsAfterCompletion: 20, secondsAfterSuccess: 5", "Inconclusive", 20)]
    public async Task A_completed_run_is_deleted_when_its_time_to_live_is_over(
        string strategy, string phase, int seconds)
    {
        var world = await WithReportAsync(strategy);

        await world.VerdictAsync(world.Run("report")!, phase);
        await world.AdvanceAsync(seconds - 1);
        Assert.NotNull(world.Run("report"));

        await world.AdvanceAsync(1);
        Assert.Null(world.Run("report"));
    }

    [Fact]
    public async Task A_run_whose_bare_phase_was_written_by_another_never_expires()
    {
        var world = await WithReportAsync("secondsAfterCompletion: 5");

        world.Objects.MergePatch(ArgoWorld.Runs, "default", "report", Cluster.Object("{status: {phase: Failed}}"));
        await world.AdvanceAsync(60);

        Assert.NotNull(world.Run("report"));
    }

    [Fact]
    public async Task A_run_with_an_instance_id_is_not_seen_at_all()
    {
        var world = await UpdatingAsync();
        var foreign = Run(world, "foreign", hash: null);
        foreign["metadata"]!["labels"] = new JsonObject { [ArgoNames.InstanceLabel] = "companion" };

        world.Objects.Create(ArgoWorld.Runs, "default", foreign);
        await world.AdvanceAsync(10);

        Assert.Null(world.Run("foreign").At("status"));
        Assert.False(world.Run("foreign").Flag("spec", "terminate"));
    }

    [Fact]
    public async Task A_template_with_an_instance_id_is_not_found()
    {
        var world = await ArgoWorld.DeployedAsync(Steps);
        world.Objects.MergePatch("analysistemplates.argoproj.io", "default", "canary",
            Cluster.Object("{metadata: {labels: {argo-rollouts.argoproj.io/controller-instance-id: other}}}"));

        await world.DeployAsync("v2");

        Assert.EndsWith("AnalysisTemplate 'canary' not found", world.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_as_many_finished_runs_are_kept_as_the_history_limits_say()
    {
        var world = await ArgoWorld.DeployedAsync(Steps);
        world.Patch("{spec: {analysis: {successfulRunHistoryLimit: 1, unsuccessfulRunHistoryLimit: 2}}}");
        await world.DeployAsync("v2");

        for (var i = 0; i < 4; i++)
        {
            await world.VerdictAsync(world.StepRun!, "Failed");
            await world.AdvanceAsync(1);
            world.PatchStatus("{status: {abort: false}}");
            await world.SettleAsync();
        }

        // The fourth run got the name that the deleted first one had left.
        var failed = world.Objects.List(ArgoWorld.Runs).Where(run => run.Text("status", "phase") == "Failed");
        Assert.Equal([$"sample-{world.Hash("v2")}-2-1", $"sample-{world.Hash("v2")}-2-1.2"],
            failed.Select(run => run.Text("metadata", "name")).Order());
    }

    [Fact]
    public async Task Deleting_the_rollout_takes_replica_sets_and_runs_with_it()
    {
        var world = await UpdatingAsync();

        world.Objects.Delete(ArgoWorld.Rollouts, "default", "sample");
        await world.SettleAsync();

        Assert.Empty(world.ReplicaSets);
        Assert.Empty(world.Objects.List(ArgoWorld.Runs));
    }

    private static async Task<ArgoWorld> UpdatingAsync()
    {
        var world = await ArgoWorld.DeployedAsync(Steps);
        await world.DeployAsync("v2");
        return world;
    }

    [Fact]
    public async Task A_secret_argument_is_read_in_the_namespace_of_the_run()
    {
        var world = new ArgoWorld();
        world.Create("secrets", """
            {apiVersion: v1, kind: Secret, metadata: {name: web}, data: {host: ZXhhbXBsZS5jb20=}}
            """);

        world.Create(ArgoWorld.Runs, """
            apiVersion: argoproj.io/v1alpha1
            kind: AnalysisRun
            metadata: {name: run}
            spec:
              args: [{name: host, valueFrom: {secretKeyRef: {name: web, key: host}}}]
              metrics: [{name: a, provider: {web: {url: "http://{{args.host}}/"}}}]
            """);
        await world.SettleAsync();

        var measurement = world.Run("run").Items("status", "metricResults")[0].Items("measurements")[0];
        Assert.Equal("the local cluster asks loopback addresses only, not \"http://*****/\"",
            measurement.Text("message"));
    }

    private static async Task<ArgoWorld> WithReportAsync(string strategy)
    {
        var world = await UpdatingAsync();
        var report = Run(world, "report", hash: null);
        report.Items("metadata", "ownerReferences")[0].Remove("controller");
        report["spec"]!["ttlStrategy"] = Cluster.Object($"{{ {strategy} }}");
        world.Objects.Create(ArgoWorld.Runs, "default", report);
        await world.SettleAsync();
        return world;
    }

    private static JsonObject Run(ArgoWorld world, string name, string? hash)
    {
        var run = (JsonObject)world.StepRun!.DeepClone();
        var metadata = new JsonObject
        {
            ["name"] = name,
            ["ownerReferences"] = run["metadata"]!["ownerReferences"]!.DeepClone(),
        };
        if (hash is not null)
            metadata["labels"] = new JsonObject { ["rollouts-pod-template-hash"] = hash };
        run["metadata"] = metadata;
        run.Remove("status");
        return run;
    }
}
