using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts facts (i) and (j): two metrics, dry-run, and Argo's writes from a stale cache.</summary>
public sealed class TwoWritersTests
{
    private const string Push = "{metrics: [{name: canary, initialDelay: 5m, provider: {plugin: {x: {}}}}]}";

    private const string WithWeb = """
        {metrics: [
          {name: canary, initialDelay: 5m, provider: {plugin: {x: {}}}},
          {name: web, interval: 10s, count: 3, successCondition: result.ok == true,
           provider: {web: {url: "http://127.0.0.1/"}}}]}
        """;

    private const string FailedVerdict =
        "{name: canary, phase: Failed, message: 5xx up, count: 1, failed: 1, measurements: [{phase: Failed}]}";

    [Fact]
    public async Task A_stale_write_before_the_initial_delay_leaves_our_beat_alone()
    {
        using var story = new RunStory(Push);
        story.Cached = story.Run;
        story.Apply($$"""{status: {phase: Running, startedAt: "{{RunStory.At(0)}}"} }""");
        story.Beat();

        await story.ReconcileOnceAsync();

        Assert.Equal("watching", story.Metric().Items("measurements")[0].Text("message"));
    }

    [Fact]
    public async Task A_stale_write_past_the_resume_time_replaces_our_beat_and_the_next_beat_repairs_it()
    {
        using var story = new RunStory(Push);
        await story.ReconcileAsync();
        story.Beat();
        story.Cached = story.Run;
        story.MoveTo(301);
        story.Beat();

        await story.ReconcileOnceAsync();
        Assert.Equal(1, story.Metric().Int("consecutiveError"));

        story.Cached = null;
        story.Beat();
        await story.RunUntilAsync(600);
        Assert.Equal("Running", story.Phase);
        Assert.Null(story.Metric().Int("consecutiveError"));
    }

    [Fact]
    public async Task Argos_stale_write_for_a_web_metric_wipes_our_beat()
    {
        using var story = new RunStory(WithWeb);
        story.WebBodies.Enqueue("""{"ok": true}""");
        story.Cached = story.Run;
        story.Apply($$"""{status: {phase: Running, startedAt: "{{RunStory.At(0)}}"} }""");
        story.Beat();

        await story.ReconcileOnceAsync();

        Assert.Equal(["web"], story.Run.Items("status", "metricResults").Select(result => result.Text("name")));
    }

    [Fact]
    public async Task Argos_stale_write_for_a_web_metric_wipes_even_our_verdict_until_it_is_written_again()
    {
        using var story = new RunStory(WithWeb);
        story.WebBodies.Enqueue("""{"ok": true}""");
        await story.ReconcileAsync();
        story.Cached = story.Run;
        story.MoveTo(10);
        story.Write("canary", FailedVerdict);

        await story.ReconcileOnceAsync();
        story.Cached = null;
        await story.ReconcileAsync();
        Assert.Equal("Running", story.Phase);

        story.Write("canary", FailedVerdict);
        await story.ReconcileAsync();
        Assert.Equal("Failed", story.Phase);
    }

    [Fact]
    public async Task A_merge_patch_built_from_a_stale_list_deletes_the_other_metrics_measurements()
    {
        using var story = new RunStory(WithWeb);
        story.WebBodies.Enqueue("""{"ok": true}""");
        await story.ReconcileAsync();
        Assert.Equal(1, story.Metric("web").Int("count"));

        story.Apply("{status: {metricResults: [{name: canary, phase: Running}]}}");

        Assert.Equal(["canary"], story.Run.Items("status", "metricResults").Select(result => result.Text("name")));
    }

    [Fact]
    public async Task Our_failed_verdict_ends_the_run_though_the_web_metric_is_at_two_of_three()
    {
        using var story = new RunStory(WithWeb);
        story.WebBodies.Enqueue("""{"ok": true}""");
        await story.RunUntilAsync(10);
        Assert.Equal(2, story.Metric("web").Int("count"));

        story.Write("canary", FailedVerdict);
        Assert.True(await story.ReconcileOnceAsync());

        Assert.Equal("Failed", story.Phase);
        Assert.Equal(1, story.Run.Int("status", "runSummary", "failed"));
        Assert.Equal(2, story.Run.Int("status", "runSummary", "count"));
    }

    [Fact]
    public async Task Our_successful_verdict_waits_for_the_web_metric()
    {
        using var story = new RunStory(WithWeb);
        story.WebBodies.Enqueue("""{"ok": true}""");
        await story.RunUntilAsync(10);

        story.Write("canary",
            "{name: canary, phase: Successful, count: 1, successful: 1, measurements: [{phase: Successful}]}");
        await story.ReconcileAsync();
        Assert.Equal("Running", story.Phase);

        await story.RunUntilAsync(20);
        Assert.Equal("Successful", story.Phase);
    }

    [Fact]
    public async Task One_failed_metric_ends_the_run_before_a_delayed_one_has_started()
    {
        using var story = new RunStory("""
            {metrics: [
              {name: web, successCondition: result.ok == true, provider: {web: {url: "http://127.0.0.1/"}}},
              {name: canary, initialDelay: 5m, provider: {plugin: {x: {}}}}]}
            """);
        story.WebBodies.Enqueue("""{"ok": false}""");

        await story.ReconcileAsync();

        Assert.Equal("Failed", story.Phase);
        // A web metric says nothing of why it failed.
        Assert.Equal("Metric \"web\" assessed Failed due to failed (1) > failureLimit (0)", story.Message);
        Assert.Single(story.Run.Items("status", "metricResults"));
    }

    [Theory]
    [InlineData("Successful", "Inconclusive", "Inconclusive")]
    [InlineData("Error", "Inconclusive", "Error")]
    [InlineData("Error", "Failed", "Failed")]
    [InlineData("Failed", "Successful", "Failed")]
    [InlineData("Successful", "Successful", "Successful")]
    public async Task The_worst_metric_gives_the_run_its_phase(string first, string second, string phase)
    {
        using var story = new RunStory("""
            {metrics: [
              {name: a, initialDelay: 5m, provider: {plugin: {x: {}}}},
              {name: b, initialDelay: 5m, provider: {plugin: {x: {}}}}]}
            """);
        await story.ReconcileAsync();

        story.Apply($$"""
            {status: {metricResults: [
              {name: a, phase: {{first}}, measurements: [{phase: {{first}}}]},
              {name: b, phase: {{second}}, measurements: [{phase: {{second}}}]}]} }
            """);
        await story.ReconcileAsync();

        Assert.Equal(phase, story.Phase);
    }

    [Theory]
    [InlineData("can.*")]
    [InlineData("nar")]
    [InlineData("(?P<part>[[:alpha:]]nar)")]
    public async Task A_failed_dry_run_metric_ends_the_run_successful_and_gets_argos_message(string anywhereInTheName)
    {
        using var story = new RunStory($$"""
            {dryRun: [{metricName: "{{anywhereInTheName}}"}],
             metrics: [{name: canary, initialDelay: 5m, provider: {plugin: {x: {} } } }]}
            """);
        await story.ReconcileAsync();

        story.Write("canary", """
            {name: canary, phase: Failed, dryRun: true, message: ours, count: 1, failed: 1,
             measurements: [{phase: Failed}]}
            """);
        await story.ReconcileAsync();

        Assert.Equal("Successful", story.Phase);
        Assert.Equal(1, story.Run.Int("status", "dryRunSummary", "failed"));
        Assert.Null(story.Run.Int("status", "runSummary", "count"));
        Assert.Equal("Metric assessed Failed due to failed (1) > failureLimit (0)", story.Metric().Text("message"));
    }

    [Theory]
    [InlineData("dryRun: true,", "Running")]
    [InlineData("", "Successful")]
    public async Task A_forgotten_dry_run_flag_ends_the_run_before_the_other_metric_was_measured(
        string flag, string phase)
    {
        using var story = new RunStory("""
            {dryRun: [{metricName: canary}], metrics: [
              {name: canary, initialDelay: 5m, provider: {plugin: {x: {}}}},
              {name: web, initialDelay: 5m, provider: {web: {url: "http://127.0.0.1/"}}}]}
            """);
        await story.ReconcileAsync();

        story.Write("canary",
            $$"""{name: canary, phase: Failed, {{flag}} count: 1, failed: 1, measurements: [{phase: Failed}]}""");
        await story.ReconcileAsync();

        Assert.Equal(phase, story.Phase);
        Assert.DoesNotContain(story.Run.Items("status", "metricResults"), result => result.Text("name") == "web");
    }
}
