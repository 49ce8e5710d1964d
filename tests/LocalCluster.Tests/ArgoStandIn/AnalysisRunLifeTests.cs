using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts facts (a) and (g): what a run does before and without its companion.</summary>
public sealed class AnalysisRunLifeTests
{
    private const string Push = """
        {metrics: [
          {name: canary, initialDelay: 5m, provider: {plugin: {rollouts-companion.io/canary: {preset: fast}}}}]}
        """;

    private const string PluginWithoutDelay =
        "{metrics: [{name: canary, provider: {plugin: {rollouts-companion.io/canary: {}}}}]}";

    [Fact]
    public async Task First_reconcile_of_a_delayed_run_writes_running_and_the_start_and_asks_no_provider()
    {
        using var story = new RunStory(Push);

        await story.ReconcileAsync();

        Assert.Equal("Running", story.Phase);
        Assert.Equal(RunStory.At(0), story.Run.Text("status", "startedAt"));
        Assert.Equal(1, story.Run.Int("status", "runSummary", "count"));
        Assert.NotNull(story.Run.Object("status", "dryRunSummary"));
        Assert.Null(story.Run.At("status", "metricResults"));
        Assert.Equal(RunStory.Start.AddMinutes(5), story.NextAt);
        Assert.Equal(1, story.PatchCount);
    }

    [Fact]
    public async Task An_unconfigured_plugin_without_delay_errs_every_ten_seconds_and_the_fifth_error_ends_the_run()
    {
        using var story = new RunStory(PluginWithoutDelay);

        await story.RunUntilAsync(39);
        Assert.Equal("Running", story.Phase);
        Assert.Equal(4, story.Metric().Int("consecutiveError"));

        await story.RunUntilAsync(40);
        Assert.Equal("Error", story.Phase);
        Assert.Equal("Metric \"canary\" assessed Error due to consecutiveErrors (5) > consecutiveErrorLimit (4): "
            + "\"Error Message: unable to start plugin system: unable to find plugin (rollouts-companion.io/canary): "
            + "plugin rollouts-companion.io/canary not configured in configmap\"", story.Message);
        Assert.Equal(1, story.Run.Int("status", "runSummary", "error"));
        Assert.Equal(RunStory.At(40), story.Run.Text("status", "completedAt"));
        Assert.Equal(["MetricError", "AnalysisRunError"], story.Events.Select(what => what.Reason));
        Assert.All(story.Events, what => Assert.True(what.IsWarning));
    }

    [Fact]
    public async Task A_missing_secret_ends_a_delayed_run_at_once_without_start_and_completion()
    {
        using var story = new RunStory("""
            {args: [{name: token, valueFrom: {secretKeyRef: {name: web, key: token}}}],
             metrics: [{name: canary, initialDelay: 5m, provider: {web: {url: "http://127.0.0.1/"}}}]}
            """);

        await story.ReconcileAsync();

        Assert.Equal("Error", story.Phase);
        Assert.Equal("Unable to resolve metric arguments: secrets \"web\" not found", story.Message);
        Assert.Null(story.Run.At("status", "startedAt"));
        Assert.Null(story.Run.At("status", "completedAt"));
    }

    [Fact]
    public async Task Secrets_are_read_again_at_every_beat_and_one_that_is_gone_ends_the_run()
    {
        using var story = new RunStory("""
            {args: [{name: token, valueFrom: {secretKeyRef: {name: web, key: token}}}],
             metrics: [{name: canary, initialDelay: 5m, provider: {plugin: {x: {}}}}]}
            """);
        story.Secrets["web"] = new() { ["token"] = "t" };
        await story.ReconcileAsync();
        story.MoveTo(10);
        story.Beat();
        await story.ReconcileAsync();
        Assert.Equal("Running", story.Phase);

        story.Secrets.Clear();
        story.MoveTo(20);
        story.Beat();
        await story.ReconcileAsync();

        Assert.Equal("Error", story.Phase);
        Assert.Equal("Unable to resolve metric arguments: secrets \"web\" not found", story.Message);
    }

    [Fact]
    public async Task A_secret_is_hidden_in_the_message_of_a_measurement()
    {
        using var story = new RunStory("""
            {args: [{name: host, valueFrom: {secretKeyRef: {name: web, key: host}}}],
             metrics: [{name: canary, provider: {web: {url: "http://{{args.host}}/"}}}]}
            """);
        story.Secrets["web"] = new() { ["host"] = "s3cret.example" };

        await story.ReconcileAsync();

        var message = story.Metric().Items("measurements")[0].Text("message");
        Assert.Equal("the local cluster asks loopback addresses only, not \"http://*****/\"", message);
    }

    [Theory]
    [InlineData("{metrics: []}", "no metrics specified")]
    [InlineData("{metrics: [{name: a, provider: {plugin: {}}}]}", "metrics[0]: no provider specified")]
    [InlineData("{metrics: [{name: a, provider: {plugin: {x: {}, y: {}}}}]}",
        "metrics[0]: multiple providers specified")]
    [InlineData("{metrics: [{name: a, initialDelay: 10y, provider: {plugin: {x: {}}}}]}",
        "metrics[0]: invalid startDelay string: time: invalid duration \"10y\"")]
    [InlineData("{metrics: [{name: a, count: 3, provider: {plugin: {x: {}}}}]}",
        "metrics[0]: interval must be specified when count > 1")]
    [InlineData("{metrics: [{name: a, provider: {job: {spec: {}}}}]}",
        "metrics[0]: the local cluster performs web and plugin metrics only, not job")]
    [InlineData("{dryRun: [{metricName: b}], metrics: [{name: a, provider: {plugin: {x: {}}}}]}",
        "dryRun[0]: Rule didn't match any metric name(s)")]
    [InlineData("{dryRun: [{metricName: \"a(\"}], metrics: [{name: a, provider: {plugin: {x: {}}}}]}",
        "dryRun[0]: error parsing regexp: a(")]
    public async Task An_invalid_spec_ends_the_run_in_error(string spec, string problem)
    {
        using var story = new RunStory(spec);

        await story.ReconcileAsync();

        Assert.Equal("Error", story.Phase);
        Assert.Equal($"Analysis spec invalid: {problem}", story.Message);
    }

    [Fact]
    public async Task An_argument_that_is_not_given_ends_the_run_in_error()
    {
        using var story = new RunStory("{metrics: [{name: a, provider: {plugin: {x: {hash: \"{{args.hash}}\"}}}}]}");

        await story.ReconcileAsync();

        Assert.Equal("Unable to resolve metric arguments: failed to resolve {{args.hash}}", story.Message);
    }

    [Fact]
    public async Task A_result_stands_under_the_name_that_the_arguments_were_put_into()
    {
        using var story = new RunStory("""
            {args: [{name: tier, value: gold}],
             metrics: [{name: "canary-{{args.tier}}", provider: {plugin: {x: {}}}}]}
            """);

        await story.ReconcileAsync();

        Assert.Equal("canary-gold", Assert.Single(story.Run.Items("status", "metricResults")).Text("name"));
    }

    [Fact]
    public async Task Arguments_reach_the_initial_delay_too()
    {
        using var story = new RunStory("""
            {args: [{name: deadline, value: 87600h}],
             metrics: [{name: a, initialDelay: "{{args.deadline}}", provider: {plugin: {x: {}}}}]}
            """);

        await story.ReconcileAsync();

        Assert.Equal(RunStory.Start.AddHours(87600), story.NextAt);
    }

    [Fact]
    public async Task A_completed_run_is_never_reconciled_again()
    {
        using var story = new RunStory(PluginWithoutDelay);
        story.Apply("{status: {phase: Failed}}");

        await story.RunUntilAsync(3600);

        Assert.Equal(0, story.PatchCount);
        Assert.Null(story.NextAt);
    }

    [Fact]
    public async Task Terminate_before_any_measurement_ends_successful_with_run_terminated()
    {
        using var story = new RunStory(Push);
        await story.ReconcileAsync();

        story.Apply("{spec: {terminate: true}}");
        await story.ReconcileAsync();

        Assert.Equal("Successful", story.Phase);
        Assert.Equal("Run Terminated", story.Message);
    }

    [Fact]
    public async Task Argos_first_write_overwrites_a_phase_that_came_before_it()
    {
        using var story = new RunStory(Push);
        story.Cached = story.Run;
        story.Apply("{status: {phase: Failed}}");

        await story.ReconcileOnceAsync();

        Assert.Equal("Running", story.Phase);
    }
}
