using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Tests.Argo;

/// <summary>The nine rules of the push heartbeat, each bought with a failure of Argo's own reconcile code.</summary>
public sealed class AnalysisRunPatchTests
{
    private static readonly Dictionary<string, string?> NoAnnotations = [];

    [Fact]
    public void A_beat_is_one_measurement_in_flight_and_nothing_else() =>
        AssertJson(
            """
            {"name":"canary","phase":"Running","measurements":[
              {"phase":"Running","startedAt":"2026-01-01T12:00:00Z","resumeAt":"2026-01-01T12:05:00Z",
               "message":"Collecting: 3 of 5"}]}
            """,
            Entry(Beat(Runs.Running(), "Collecting: 3 of 5"))
        );

    [Fact]
    public void A_beat_drops_every_counter_and_error_that_Argo_wrote_while_we_were_away()
    {
        var run = Runs.Running(
            results: """
            [{"name":"canary","phase":"Running","count":2,"error":3,"consecutiveError":3,"message":"old",
              "measurements":[{"phase":"Error","finishedAt":"2026-01-01T11:59:10Z"},
                              {"phase":"Error","finishedAt":"2026-01-01T11:59:20Z"}]}]
            """
        );

        Assert.Equal(["measurements", "name", "phase"], Entry(Beat(run, "m")).Select(pair => pair.Key).Order());
    }

    [Fact]
    public void A_beat_keeps_the_start_of_the_measurement_in_flight()
    {
        var run = Runs.Running(
            results: """
            [{"name":"canary","phase":"Running","measurements":
              [{"phase":"Running","startedAt":"2026-01-01T11:59:05Z","resumeAt":"2026-01-01T12:04:05Z"}]}]
            """
        );

        Assert.Equal("2026-01-01T11:59:05Z", (string?)Entry(Beat(run, "m"))["measurements"]![0]!["startedAt"]);
    }

    [Fact]
    public void Both_patches_carry_the_resourceVersion_that_was_read()
    {
        Assert.Equal("41", (string?)Beat(Runs.Running(), "m")["metadata"]!["resourceVersion"]);
        Assert.Equal("41", (string?)Conclude(Runs.Running(), "Failed")["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public void The_other_metrics_entries_go_back_as_they_were_read()
    {
        const string web =
            """{"name":"web","phase":"Running","count":2,"measurements":[{"value":"1"}],"unknownField":{"a":[1,2]}}""";
        var patch = Conclude(Runs.Running(results: $"[{web},{{\"name\":\"canary\",\"phase\":\"Pending\"}}]"), "Failed");

        var results = patch["status"]!["metricResults"]!.AsArray();
        Assert.Equal(2, results.Count);
        AssertJson(web, results[0]!);
        Assert.Equal("canary", (string?)results[1]!["name"]);
    }

    [Theory]
    [InlineData("", "Failed", "failed", 1)]
    [InlineData("\"failureLimit\": 3", "Failed", "failed", 4)]
    [InlineData("\"failureLimit\": \"3\"", "Failed", "failed", 4)]
    [InlineData("\"failureLimit\": -1", "Failed", "failed", 1)]
    [InlineData("", "Inconclusive", "inconclusive", 1)]
    [InlineData("\"inconclusiveLimit\": 7", "Inconclusive", "inconclusive", 8)]
    [InlineData("", "Successful", "successful", 1)]
    [InlineData("", "Error", "error", 5)]
    [InlineData("\"consecutiveErrorLimit\": 1", "Error", "error", 2)]
    public void The_counters_exceed_the_limits_of_the_template_by_one(
        string metric,
        string phase,
        string counter,
        int count
    )
    {
        var entry = Entry(Conclude(Runs.Running(metric), phase));

        Assert.Equal(phase, (string?)entry["phase"]);
        Assert.Equal(count, (int?)entry[counter]);
        Assert.Equal(phase == "Error" ? null : count, (int?)entry["count"]);
        Assert.Equal(phase == "Error" ? count : null, (int?)entry["consecutiveError"]);
    }

    [Fact]
    public void A_verdict_finishes_the_measurement_in_flight_with_phase_message_and_value_in_one_patch() =>
        AssertJson(
            """
            {"name":"canary","phase":"Failed","message":"ErrorsWorse: 4 %","failed":1,"count":1,"measurements":[
              {"phase":"Failed","startedAt":"2026-01-01T12:00:00Z","finishedAt":"2026-01-01T12:00:00Z",
               "value":"Abort","message":"ErrorsWorse: 4 %"}]}
            """,
            Entry(Conclude(Runs.Running(), "Failed", "ErrorsWorse: 4 %"))
        );

    [Theory]
    [InlineData("canary", true)]
    [InlineData("can.*", true)]
    [InlineData("nar", true)]
    [InlineData("(?P<all>canary)", true)]
    [InlineData("nobody can read (this", true)]
    [InlineData("web", false)]
    [InlineData("^ana", false)]
    public void A_dry_run_rule_that_matches_anywhere_in_the_name_is_repeated_in_the_entry(string rule, bool matches)
    {
        var run = Runs.Running(
            spec: $$"""
            "dryRun": [{"metricName": "{{rule}}"}]
            """
        );

        Assert.Equal(matches ? true : null, (bool?)Entry(Conclude(run, "Failed"))["dryRun"]);
        Assert.Equal(matches ? true : null, (bool?)Entry(Beat(run, "m"))["dryRun"]);
    }

    [Theory]
    [InlineData("", "[]", "")]
    [InlineData("Pending", "[]", "")]
    [InlineData("Successful", "[]", "")]
    [InlineData("Failed", "[]", "")]
    [InlineData("Running", "[]", "\"terminate\": true")]
    [InlineData("Running", """[{"name":"canary","phase":"Inconclusive"}]""", "")]
    public void Nothing_is_written_before_Running_after_an_end_or_on_terminate(
        string phase,
        string results,
        string spec
    )
    {
        var run = Runs.Running(results: results, spec: spec, phase: phase);

        Assert.False(run.AcceptsWrites("canary"));
        Assert.Throws<ArgumentException>(() => Beat(run, "m"));
        Assert.Throws<ArgumentException>(() => Conclude(run, "Failed"));
    }

    [Fact]
    public void A_message_beyond_a_thousand_characters_is_cut_and_says_so()
    {
        var message = (string)Entry(Beat(Runs.Running(), new string('x', 5_000)))["measurements"]![0]!["message"]!;

        Assert.Equal(1_000, message.Length);
        Assert.EndsWith("…", message, StringComparison.Ordinal);
    }

    private static JsonObject Beat(AnalysisRun run, string message) =>
        AnalysisRunPatch.Beat(run, CompanionMetric.Find(run)!, message, Runs.Now, NoAnnotations);

    private static JsonObject Conclude(AnalysisRun run, string phase, string message = "m") =>
        AnalysisRunPatch.Conclude(run, CompanionMetric.Find(run)!, phase, "Abort", message, Runs.Now, NoAnnotations);

    private static JsonObject Entry(JsonObject patch) =>
        patch["status"]!["metricResults"]!.AsArray().Single(entry => (string?)entry!["name"] == "canary")!.AsObject();

    private static void AssertJson(string expected, JsonNode actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual.ToJsonString());
}
