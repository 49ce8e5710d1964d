using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts facts (i) 2-12 and (j): what Argo makes of a verdict that somebody else writes.</summary>
public sealed class VerdictBookkeepingTests
{
    private const string Push = """
        {metrics: [{name: canary, initialDelay: 5m, provider: {plugin: {rollouts-companion.io/canary: {}}}}]}
        """;

    private const string Finished = "startedAt: \"2026-01-01T00:00:00Z\", finishedAt: \"2026-01-01T00:00:00Z\"";

    [Fact]
    public async Task A_failed_metric_with_counters_fails_the_run_with_our_message_in_it()
    {
        using var story = await StartedAsync(Push);

        story.Write("canary", $$"""
            {name: canary, phase: Failed, message: 5xx up, count: 1, failed: 1,
             measurements: [{phase: Failed, message: 5xx up, {{Finished}}}]}
            """);
        await story.ReconcileAsync();

        Assert.Equal("Failed", story.Phase);
        Assert.Equal("Metric \"canary\" assessed Failed due to failed (1) > failureLimit (0): "
            + "\"Error Message: 5xx up\"", story.Message);
        Assert.Equal(1, story.Run.Int("status", "runSummary", "failed"));
        Assert.Equal(RunStory.At(0), story.Run.Text("status", "completedAt"));
        Assert.Equal(["AnalysisRunFailed"], story.Events.Select(what => what.Reason));
        Assert.Equal("Analysis Completed. Result: Failed", story.Events[0].Message);
    }

    [Theory]
    [InlineData("Successful", "count: 1, successful: 1", "")]
    [InlineData("Inconclusive", "count: 1, inconclusive: 1",
        "Metric \"canary\" assessed Inconclusive due to inconclusive (1) > inconclusiveLimit (0): "
            + "\"Error Message: why\"")]
    public async Task Every_other_verdict_ends_the_run_in_its_phase(string phase, string counters, string message)
    {
        using var story = await StartedAsync(Push);

        story.Write("canary", $$"""
            {name: canary, phase: {{phase}}, message: why, {{counters}},
             measurements: [{phase: {{phase}}, message: why, {{Finished}}}]}
            """);
        await story.ReconcileAsync();

        Assert.Equal(phase, story.Phase);
        Assert.Equal(message, story.Message ?? "");
    }

    [Theory]
    [InlineData("", "Failed", "")]
    [InlineData("failureLimit: 3,", "Failed", "count: 1, failed: 1,")]
    [InlineData("failureLimit: -1,", "Failed", "count: 1, failed: 1,")]
    [InlineData("inconclusiveLimit: 3,", "Inconclusive", "count: 1, inconclusive: 1,")]
    [InlineData("consecutiveErrorLimit: 4,", "Error", "error: 1, consecutiveError: 1,")]
    public async Task Counters_within_the_limits_give_the_right_phase_no_message_and_a_summary_that_says_successful(
        string limits, string phase, string counters)
    {
        using var story = await StartedAsync(
            $$"""{metrics: [{name: canary, initialDelay: 5m, {{limits}} provider: {plugin: {x: {} } } }]}""");

        story.Write("canary", $$"""
            {name: canary, phase: {{phase}}, message: why, {{counters}}
             measurements: [{phase: {{phase}}, {{Finished}}}]}
            """);
        await story.ReconcileAsync();

        Assert.Equal(phase, story.Phase);
        Assert.Null(story.Message);
        Assert.Equal(1, story.Run.Int("status", "runSummary", "successful"));
    }

    [Fact]
    public async Task A_bare_phase_on_the_run_stands_but_gets_no_event_and_no_completion()
    {
        using var story = await StartedAsync(Push);

        story.Apply("{status: {phase: Failed, message: ours}}");
        await story.RunUntilAsync(3600);

        Assert.Equal("Failed", story.Phase);
        Assert.Null(story.Run.At("status", "completedAt"));
        Assert.Empty(story.Events);
    }

    [Theory]
    [InlineData("Failed")]
    [InlineData("Error")]
    [InlineData("Inconclusive")]
    public async Task A_bad_result_under_a_name_that_is_not_in_the_spec_ends_the_run_successful(string phase)
    {
        using var story = await StartedAsync(Push);

        story.Write("other", $$"""{name: other, phase: {{phase}}, failed: 1, count: 1}""");
        await story.ReconcileAsync();

        Assert.Equal("Successful", story.Phase);
    }

    [Theory]
    [InlineData("Successful")]
    [InlineData("Running")]
    public async Task A_good_or_running_result_under_a_name_that_is_not_in_the_spec_changes_nothing(string phase)
    {
        using var story = await StartedAsync(Push);

        story.Write("other", $$"""{name: other, phase: {{phase}}}""");
        await story.ReconcileAsync();

        Assert.Equal("Running", story.Phase);
        Assert.Equal(phase, story.Metric("other").Text("phase"));
    }

    [Fact]
    public async Task A_running_result_without_measurements_is_rewritten_to_pending()
    {
        using var story = await StartedAsync(Push);

        story.Write("canary", "{name: canary, phase: Running}");
        await story.ReconcileAsync();

        Assert.Equal("Pending", story.Metric().Text("phase"));
        Assert.Equal("Running", story.Phase);
    }

    [Fact]
    public async Task A_finished_measurement_under_a_running_phase_is_counted_as_success_when_the_count_is_reached()
    {
        using var story = await StartedAsync(Push);

        story.Write("canary", $$"""
            {name: canary, phase: Running, count: 1, successful: 1, measurements: [{phase: Successful, {{Finished}}}]}
            """);
        await story.ReconcileAsync();

        Assert.Equal("Successful", story.Phase);
    }

    [Fact]
    public async Task A_finished_measurement_below_the_count_is_followed_by_the_provider_after_the_interval()
    {
        using var story = await StartedAsync("""
            {metrics: [{name: canary, initialDelay: 5m, interval: 20s, count: 3, provider: {plugin: {x: {}}}}]}
            """);
        story.Write("canary", $$"""
            {name: canary, phase: Running, count: 1, successful: 1, measurements: [{phase: Successful, {{Finished}}}]}
            """);

        await story.RunUntilAsync(19);
        Assert.Single(story.Metric().Items("measurements"));

        await story.RunUntilAsync(20);
        Assert.Equal(["Successful", "Error"], story.Metric().Items("measurements").Select(item => item.Text("phase")));
    }

    [Fact]
    public async Task A_failed_measurement_under_a_running_phase_within_the_failure_limit_ends_successful()
    {
        using var story = await StartedAsync(
            "{metrics: [{name: canary, initialDelay: 5m, failureLimit: 3, provider: {plugin: {x: {}}}}]}");

        story.Write("canary", $$"""
            {name: canary, phase: Running, count: 1, failed: 1, measurements: [{phase: Failed, {{Finished}}}]}
            """);
        await story.ReconcileAsync();

        Assert.Equal("Successful", story.Phase);
    }

    [Fact]
    public async Task A_verdict_that_stands_only_in_the_measurement_is_ignored_and_five_errors_follow()
    {
        using var story = await StartedAsync(Push);
        story.Write("canary", $$"""
            {name: canary, phase: Running, measurements: [{phase: Failed, message: 5xx up, {{Finished}}}]}
            """);

        story.MoveTo(10);
        await story.RunUntilAsync(49);
        Assert.Equal("Running", story.Phase);

        await story.RunUntilAsync(50);
        Assert.Equal("Error", story.Phase);
    }

    [Fact]
    public async Task An_endless_metric_lets_argo_fail_the_run_once_failures_exceed_the_limit()
    {
        using var story = await StartedAsync("""
            {metrics: [{name: canary, initialDelay: 5m, interval: 8760h, count: 9999, failureLimit: 1,
                        provider: {plugin: {x: {}}}}]}
            """);
        story.Write("canary", $$"""
            {name: canary, phase: Running, count: 1, failed: 1, measurements: [{phase: Failed, {{Finished}}}]}
            """);
        await story.ReconcileAsync();
        Assert.Equal("Running", story.Phase);

        story.Write("canary", $$"""
            {name: canary, phase: Running, count: 2, failed: 2,
             measurements: [{phase: Failed, {{Finished}}}, {phase: Failed, message: again, {{Finished}}}]}
            """);
        await story.ReconcileAsync();

        Assert.Equal("Failed", story.Phase);
        Assert.Equal("Metric \"canary\" assessed Failed due to failed (2) > failureLimit (1): \"Error Message: again\"",
            story.Message);
    }

    [Theory]
    [InlineData("plugin: {x: {}}", 12)]
    [InlineData("web: {url: \"http://127.0.0.1/\"}", 10)]
    public async Task More_than_ten_measurements_are_trimmed_only_where_the_provider_can_be_made(
        string provider, int kept)
    {
        using var story = await StartedAsync($$"""
            {metrics: [{name: canary, initialDelay: 5m, interval: 8760h, count: 9999, provider: { {{provider}} } }]}
            """);
        var measurements = string.Join(", ", Enumerable.Repeat($$"""{phase: Successful, {{Finished}}}""", 12));

        story.Write("canary", $$"""
            {name: canary, phase: Running, count: 12, successful: 12, measurements: [{{measurements}}]}
            """);
        await story.ReconcileAsync();

        Assert.Equal(kept, story.Metric().Items("measurements").Count);
    }

    internal static async Task<RunStory> StartedAsync(string spec)
    {
        var story = new RunStory(spec);
        await story.ReconcileAsync();
        return story;
    }
}
