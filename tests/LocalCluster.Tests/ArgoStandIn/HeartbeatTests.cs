using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts fact (j): a measurement kept in flight is live progress and dead-man's timer.</summary>
public sealed class HeartbeatTests
{
    private const string Push = """
        {metrics: [{name: canary, initialDelay: 5m, provider: {plugin: {rollouts-companion.io/canary: {}}}}]}
        """;

    [Fact]
    public async Task Beats_every_ten_seconds_for_an_hour_keep_the_run_running_and_argo_writes_once()
    {
        using var story = new RunStory(Push);
        await story.ReconcileAsync();

        for (var second = 10; second <= 3600; second += 10)
        {
            story.MoveTo(second);
            story.Beat();
            var beaten = story.Run.DeepClone();
            await story.ReconcileAsync();
            Assert.True(JsonNode.DeepEquals(beaten, story.Run));
            Assert.Equal(RunStory.Start.AddSeconds(second + 300), story.NextAt);
        }

        Assert.Equal("Running", story.Phase);
        Assert.Equal(1, story.PatchCount);
    }

    [Fact]
    public async Task A_companion_that_dies_lets_the_run_err_340_seconds_after_its_last_beat()
    {
        using var story = new RunStory(Push);
        await story.RunUntilAsync(100);
        story.Beat();

        await story.RunUntilAsync(399);
        Assert.Null(story.Metric().Int("error"));
        await story.RunUntilAsync(400);
        Assert.Equal(1, story.Metric().Int("consecutiveError"));
        await story.RunUntilAsync(439);
        Assert.Equal("Running", story.Phase);
        await story.RunUntilAsync(440);

        Assert.Equal("Error", story.Phase);
        Assert.Equal(5, story.Metric().Items("measurements").Count);
    }

    [Fact]
    public async Task A_companion_that_never_starts_lets_the_run_err_340_seconds_after_its_start()
    {
        using var story = new RunStory(Push);

        await story.RunUntilAsync(339);
        Assert.Equal("Running", story.Phase);
        await story.RunUntilAsync(340);

        Assert.Equal("Error", story.Phase);
    }

    [Fact]
    public async Task A_first_beat_at_299_seconds_is_in_time()
    {
        using var story = new RunStory(Push);
        await story.RunUntilAsync(299);
        story.Beat();

        await story.RunUntilAsync(598);

        Assert.Equal("Running", story.Phase);
        Assert.Null(story.Metric().Int("error"));
    }

    [Fact]
    public async Task A_companion_that_returns_after_errors_is_healthy_with_its_next_beat()
    {
        using var story = new RunStory(Push);
        await story.RunUntilAsync(0);
        story.Beat();
        await story.RunUntilAsync(325);
        Assert.Equal(3, story.Metric().Int("consecutiveError"));

        story.Beat();
        await story.RunUntilAsync(624);

        Assert.Equal("Running", story.Phase);
        Assert.Null(story.Metric().Int("consecutiveError"));
    }

    [Theory]
    [InlineData(2, 320)]
    [InlineData(4, 300)]
    public async Task Consecutive_errors_left_in_a_beat_shorten_the_next_death(int leftOver, int diesAt)
    {
        using var story = new RunStory(Push);
        await story.ReconcileAsync();
        story.Write("canary", $$"""
            {name: canary, phase: Running, error: {{leftOver}}, consecutiveError: {{leftOver}}, measurements: [
              {phase: Running, startedAt: "{{RunStory.At(0)}}", resumeAt: "{{RunStory.At(300)}}"}]}
            """);

        await story.RunUntilAsync(diesAt - 1);
        Assert.Equal("Running", story.Phase);
        await story.RunUntilAsync(diesAt);

        Assert.Equal("Error", story.Phase);
    }

    [Theory]
    [InlineData("")]
    [InlineData("resumeAt: \"2025-12-31T23:59:59Z\"")]
    public async Task A_measurement_in_flight_without_a_resume_time_ahead_errs_at_the_next_reconcile(string resumeAt)
    {
        using var story = new RunStory(Push);
        await story.ReconcileAsync();

        story.Write("canary", $$"""
            {name: canary, phase: Running, measurements: [
              {phase: Running, startedAt: "{{RunStory.At(0)}}", {{resumeAt}}}]}
            """);
        await story.ReconcileOnceAsync();

        Assert.Equal(1, story.Metric().Int("consecutiveError"));
        Assert.Equal("Error", story.Metric().Items("measurements")[0].Text("phase"));
    }

    [Fact]
    public async Task A_finish_time_left_on_a_running_measurement_ends_the_run_forty_seconds_after_the_next_wake_up()
    {
        using var story = new RunStory(Push);
        await story.ReconcileAsync();
        story.Write("canary", $$"""
            {name: canary, phase: Running, measurements: [{phase: Running, startedAt: "{{RunStory.At(0)}}",
              finishedAt: "{{RunStory.At(0)}}", resumeAt: "{{RunStory.At(300)}}"}]}
            """);

        // Nothing is scheduled for it: without interval and error Argo waits for an event, such as any further write.
        await story.ReconcileAsync();
        Assert.Null(story.NextAt);
        story.MoveTo(10);
        await story.RunUntilAsync(50);

        Assert.Equal("Error", story.Phase);
        Assert.Equal(RunStory.At(50), story.Run.Text("status", "completedAt"));
    }

    [Fact]
    public async Task Terminate_does_not_wait_for_the_resume_time_and_leaves_an_error_line_in_a_successful_run()
    {
        using var story = new RunStory(Push);
        await story.ReconcileAsync();
        story.Beat();

        story.Apply("{spec: {terminate: true}}");
        await story.ReconcileAsync();

        Assert.Equal("Successful", story.Phase);
        Assert.Equal("Run Terminated", story.Message);
        Assert.Equal("Error", story.Metric().Items("measurements")[0].Text("phase"));
    }

    [Theory]
    [InlineData("", 4)]
    [InlineData("consecutiveErrorLimit: 0,", 0)]
    public async Task Terminate_ends_in_error_when_one_more_error_exceeds_the_limit(string limit, int leftOver)
    {
        using var story = new RunStory(
            $$"""{metrics: [{name: canary, initialDelay: 5m, {{limit}} provider: {plugin: {x: {} } } }]}""");
        await story.ReconcileAsync();
        story.Write("canary", $$"""
            {name: canary, phase: Running, consecutiveError: {{leftOver}}, measurements: [
              {phase: Running, startedAt: "{{RunStory.At(0)}}", resumeAt: "{{RunStory.At(300)}}"}]}
            """);

        story.Apply("{spec: {terminate: true}}");
        await story.ReconcileAsync();

        Assert.Equal("Error", story.Phase);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task Up_to_Argo_1_9_1_a_terminated_run_is_Successful_and_its_measurement_stays_in_flight(int leftOver)
    {
        using var story = new RunStory(Push, ArgoRelease.UpTo1_9);
        await story.ReconcileAsync();
        story.Write("canary", $$"""
            {name: canary, phase: Running, consecutiveError: {{leftOver}}, measurements: [
              {phase: Running, startedAt: "{{RunStory.At(0)}}", resumeAt: "{{RunStory.At(300)}}"}]}
            """);

        story.Apply("{spec: {terminate: true}}");
        await story.ReconcileAsync();

        Assert.Equal("Successful", story.Phase);
        Assert.Equal("Run Terminated", story.Message);
        Assert.Equal("Running", story.Metric().Text("phase"));
        Assert.Equal("Running", story.Metric().Items("measurements")[0].Text("phase"));
    }

    [Fact]
    public async Task Up_to_Argo_1_9_1_a_companion_that_dies_lets_the_run_err_340_seconds_after_its_last_beat_too()
    {
        using var story = new RunStory(Push, ArgoRelease.UpTo1_9);
        await story.ReconcileAsync();
        story.Beat();

        await story.RunUntilAsync(339);
        Assert.Equal("Running", story.Phase);
        await story.RunUntilAsync(340);

        Assert.Equal("Error", story.Phase);
    }

    [Fact]
    public async Task Terminate_leaves_the_measurement_of_a_web_metric_as_it_is()
    {
        using var story = new RunStory("{metrics: [{name: canary, initialDelay: 5m, provider: {web: {url: x}}}]}");
        await story.ReconcileAsync();
        story.Beat();

        story.Apply("{spec: {terminate: true}}");
        await story.ReconcileAsync();

        Assert.Equal("Successful", story.Phase);
        Assert.Equal("Running", story.Metric().Items("measurements")[0].Text("phase"));
    }
}
