using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts, pull mode: Argo asks for the verdict. C continue, P pass, A abort, E no answer.</summary>
public sealed class PullGateTests
{
    private const string Conditions =
        "successCondition: result.verdict == \"Pass\", failureCondition: result.verdict == \"Abort\"";

    private const string Web = "provider: {web: {url: \"http://127.0.0.1/api/v1/verdict\", jsonPath: \"{$}\"}}";

    [Theory]
    [InlineData("CCCP", "Successful")]
    [InlineData("CCA", "Failed")]
    [InlineData("CCCCCC", "Inconclusive")]
    [InlineData("EEEEE", "Error")]
    [InlineData("EEEECP", "Successful")]
    public async Task A_step_gate_ends_with_the_first_word_that_decides(string answers, string phase)
    {
        using var story = new RunStory($$"""
            {metrics: [{name: canary-verdict, interval: 10s, count: 6, failureLimit: 0, inconclusiveLimit: 6,
                        consecutiveSuccessLimit: 1, {{Conditions}}, {{Web}}}]}
            """);
        Answer(story, answers);

        await story.RunUntilAsync(600);

        Assert.Equal(phase, story.Phase);
        Assert.Equal(answers.Length, story.Metric("canary-verdict").Items("measurements").Count);
    }

    [Theory]
    [InlineData("", 10)]
    [InlineData("timeoutSeconds: 3, ", 3)]
    public async Task An_answer_is_waited_for_for_ten_seconds_or_as_long_as_the_metric_says(string timeout, int seconds)
    {
        using var story = new RunStory($$"""
            {metrics: [{name: web, provider: {web: { {{timeout}}url: "http://127.0.0.1/verdict"} } }]}
            """);
        story.WebBodies.Enqueue(RunStory.Silence);

        var measuring = story.ReconcileOnceAsync();
        story.MoveTo(seconds - 1);
        Assert.False(measuring.IsCompleted);
        story.MoveTo(seconds);
        await measuring;

        var measurement = Assert.Single(story.Metric("web").Items("measurements"));
        Assert.Equal(
            ("Error", $"no answer within {seconds} s from http://127.0.0.1/verdict"),
            (measurement.Text("phase"), measurement.Text("message")));
    }

    [Fact]
    public async Task A_background_gate_fails_at_the_first_abort_and_not_before()
    {
        using var story = Background("CPPA");

        await story.RunUntilAsync(20);
        Assert.Equal("Running", story.Phase);
        await story.RunUntilAsync(30);

        Assert.Equal("Failed", story.Phase);
    }

    [Fact]
    public async Task Without_consecutiveSuccessLimit_which_Argo_before_1_8_drops_an_undecided_gate_ends_successful()
    {
        using var story = new RunStory($$"""
            {metrics: [{name: canary-verdict, interval: 10s, count: 6, failureLimit: 0, inconclusiveLimit: 6,
                        {{Conditions}}, {{Web}}}]}
            """);
        Answer(story, "CCCCCC");

        await story.RunUntilAsync(600);

        Assert.Equal("Successful", story.Phase);
    }

    [Fact]
    public async Task A_terminated_background_gate_ends_successful()
    {
        using var story = Background("CP");
        await story.RunUntilAsync(20);

        story.Apply("{spec: {terminate: true}}");
        await story.ReconcileAsync();

        Assert.Equal("Successful", story.Phase);
        Assert.Equal("Run Terminated", story.Message);
    }

    [Fact]
    public async Task The_value_that_json_path_picks_is_kept_in_the_measurement()
    {
        using var story = new RunStory("""
            {metrics: [{name: a, successCondition: result > 1,
                        provider: {web: {url: "http://127.0.0.1/", jsonPath: "{$.n}"}}}]}
            """);
        story.WebBodies.Enqueue("""{"n": 1.5}""");

        await story.ReconcileAsync();

        Assert.Equal("1.5", story.Metric("a").Items("measurements")[0].Text("value"));
        Assert.Equal("Successful", story.Phase);
    }

    [Fact]
    public async Task A_body_that_is_not_JSON_is_a_text_result()
    {
        using var story = new RunStory("""
            {metrics: [{name: a, successCondition: result == "ok", provider: {web: {url: "http://127.0.0.1/"}}}]}
            """);
        story.WebBodies.Enqueue("ok");

        await story.ReconcileAsync();

        Assert.Equal("Successful", story.Phase);
    }

    [Theory]
    [InlineData("http://example.com/")]
    [InlineData("http://companion.default/api")]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("verdict")]
    public async Task An_address_that_is_not_loopback_is_never_asked(string url)
    {
        using var story = new RunStory($$"""{metrics: [{name: a, provider: {web: {url: "{{url}}"} } }]}""");
        story.WebBodies.Enqueue("{}");

        await story.ReconcileAsync();

        var measurement = story.Metric("a").Items("measurements")[0];
        Assert.Equal("Error", measurement.Text("phase"));
        Assert.Equal($"the local cluster asks loopback addresses only, not \"{url}\"", measurement.Text("message"));
    }

    private static RunStory Background(string answers)
    {
        var story = new RunStory($$"""
            {metrics: [{name: canary-verdict, interval: 10s, failureLimit: 0, inconclusiveLimit: 999,
                        {{Conditions}}, {{Web}}}]}
            """);
        Answer(story, answers);
        return story;
    }

    private static void Answer(RunStory story, string answers)
    {
        foreach (var answer in answers)
        {
            story.WebBodies.Enqueue(answer switch
            {
                'P' => """{"verdict": "Pass"}""",
                'A' => """{"verdict": "Abort"}""",
                'C' => """{"verdict": "Continue"}""",
                _ => "503",
            });
        }
    }
}
