using System.Text.Json.Nodes;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>
/// The real reconciler, client and scraper on virtual time: what gets written into an AnalysisRun, and what never does.
/// </summary>
public sealed class RolloutReconcilerTests : IDisposable
{
    private readonly World _world = new();

    internal ClusterServer Server => _world.Server;

    [Fact]
    public async Task The_first_look_at_a_run_already_leaves_a_measurement_in_flight()
    {
        Create("run-1");

        await _world.RunAsync(TimeSpan.FromSeconds(1));

        Assert.Equal("Running", Metric("run-1", "phase"));
        Assert.NotNull(Result("run-1")!["measurements"]![0]!["resumeAt"]);
        Assert.NotEmpty(Annotation("run-1", "summary"));
    }

    [Fact]
    public async Task A_bad_canary_ends_the_metric_Failed_with_the_reason_first_and_is_never_written_again()
    {
        Create("run-1");
        _world.CanaryErrorRatio = 0.2;

        await _world.RunAsync(TimeSpan.FromSeconds(60));

        Assert.Equal("Failed", Metric("run-1", "phase"));
        Assert.Contains("errors", Metric("run-1", "message"), StringComparison.Ordinal);
        Assert.Equal(1, (int?)Result("run-1")!["failed"]);
        Assert.Single(Server.Patches, patch => PhaseIn(patch) == "Failed");
        Assert.Equal("Failed", PhaseIn(Server.Patches[^1]));
    }

    [Fact]
    public async Task A_healthy_canary_ends_the_metric_Successful()
    {
        Create("run-1");

        await _world.RunAsync(TimeSpan.FromSeconds(60));

        Assert.Equal("Successful", Metric("run-1", "phase"));
    }

    [Fact]
    public async Task The_end_of_a_dry_run_is_told_as_one_and_warns_nobody()
    {
        Create("run-1");
        Server.Write(Server.Runs[0], Parse("""{"spec":{"dryRun":[{"metricName":"can.*"}]} }"""));
        _world.Watch();
        _world.CanaryErrorRatio = 0.2;

        await _world.RunAsync(TimeSpan.FromSeconds(60));

        var (type, _, message) = Assert.Single(
            await _world.Events.ReadAsync(), told => told.Reason == "CanaryAnalysisFailed");
        Assert.Equal("Normal", type);
        Assert.StartsWith("AnalysisRun run-1: WorseThanStable: ", message, StringComparison.Ordinal);
        Assert.EndsWith("; a dry run: nothing comes of it", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_background_run_that_passes_stays_Running_and_says_so()
    {
        Create("run-1", type: "Background");

        await _world.RunAsync(TimeSpan.FromSeconds(120));

        Assert.Equal("Running", Metric("run-1", "phase"));
        Assert.StartsWith("passing", Annotation("run-1", "summary"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conflict_is_read_again_and_the_others_write_survives()
    {
        Create("run-1");
        Server.BeforePatch = () =>
            Server.Write(
                Server.Runs[0],
                JsonNode
                    .Parse("""{"status":{"metricResults":[{"name":"web","phase":"Running","count":1}]}}""")!
                    .AsObject()
            );

        await _world.RunAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(
            ["web", "canary"],
            Server.Runs[0]["status"]!["metricResults"]!.AsArray().Select(result => (string?)result!["name"])
        );
    }

    [Fact]
    public async Task A_verdict_that_a_stale_write_erased_is_asserted_again()
    {
        Create("run-1");
        _world.CanaryErrorRatio = 0.2;
        await _world.RunAsync(TimeSpan.FromSeconds(60));
        Server.Write(
            Server.Runs[0],
            JsonNode.Parse("""{"status":{"metricResults":[{"name":"web","phase":"Running"}]}}""")!.AsObject()
        );
        _world.Watch();

        await _world.RunAsync(TimeSpan.FromSeconds(3));

        Assert.Equal("Failed", Metric("run-1", "phase"));
    }

    [Fact]
    public async Task An_erased_beat_is_repaired_within_two_seconds()
    {
        Create("run-1");
        await _world.RunAsync(TimeSpan.FromSeconds(5));
        Server.Write(Server.Runs[0], JsonNode.Parse("""{"status":{"metricResults":[]}}""")!.AsObject());
        _world.Watch();

        await _world.RunAsync(TimeSpan.FromSeconds(2));

        Assert.NotNull(Result("run-1")!["measurements"]![0]!["resumeAt"]);
    }

    [Fact]
    public async Task A_terminated_run_is_left_alone()
    {
        Create("run-1");
        await _world.RunAsync(TimeSpan.FromSeconds(3));
        Server.Write(Server.Runs[0], JsonNode.Parse("""{"spec":{"terminate":true}}""")!.AsObject());
        _world.Watch();
        var written = Server.Patches.Count;

        await _world.RunAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(written, Server.Patches.Count);
    }

    [Fact]
    public async Task A_run_that_Argo_has_not_taken_up_yet_is_left_alone()
    {
        Create("run-1", status: "{}");

        await _world.RunAsync(TimeSpan.FromSeconds(10));

        Assert.Empty(Server.Patches);
    }

    [Fact]
    public async Task An_invalid_spec_ends_the_metric_in_Error_and_names_every_problem()
    {
        Create("run-1", spec: """{"alpha": 2, "deadlineSeconds": -1}""");

        await _world.RunAsync(TimeSpan.FromSeconds(1));

        Assert.Equal("Error", Metric("run-1", "phase"));
        Assert.StartsWith("InvalidSpec: ", Metric("run-1", "message"), StringComparison.Ordinal);
        Assert.Contains("alpha", Metric("run-1", "message"), StringComparison.Ordinal);
        Assert.Contains("deadlineSeconds", Metric("run-1", "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_process_goes_on_from_the_checkpoint_and_says_what_is_missing()
    {
        Create("run-1");
        await _world.RunAsync(TimeSpan.FromSeconds(15));

        _world.Start();
        await _world.RunAsync(TimeSpan.FromSeconds(1));

        Assert.Contains(
            "taken up at 00:00:15Z from interval",
            Annotation("run-1", "summary"),
            StringComparison.Ordinal
        );
        await _world.RunAsync(TimeSpan.FromSeconds(60));
        Assert.Equal("Successful", Metric("run-1", "phase"));
    }

    [Fact]
    public async Task The_next_run_of_the_same_pair_goes_on_with_the_evidence_of_the_one_before()
    {
        Create("run-1");
        await _world.RunAsync(TimeSpan.FromSeconds(60));
        Complete("Successful");
        Create("run-2");

        await _world.RunAsync(TimeSpan.FromSeconds(2));

        Assert.Contains("with the evidence of run-1", Annotation("run-2", "summary"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_after_a_failed_one_of_the_same_pair_starts_fresh()
    {
        Create("run-1");
        _world.CanaryErrorRatio = 0.2;
        await _world.RunAsync(TimeSpan.FromSeconds(60));
        Complete("Failed");
        Create("run-2");

        await _world.RunAsync(TimeSpan.FromSeconds(2));

        Assert.DoesNotContain("evidence of", Annotation("run-2", "summary"), StringComparison.Ordinal);
        Assert.Equal("Running", Metric("run-2", "phase"));
    }

    [Theory]
    [InlineData("Step", 1, "Step", 3, true)]
    [InlineData("Step", 3, "Step", 1, false)]
    [InlineData("Step", 1, "Step", 1, false)]
    [InlineData("Background", 0, "Step", 1, true)]
    [InlineData("Background", 0, "Background", 0, false)]
    public async Task A_retry_after_an_abort_by_hand_starts_fresh_and_the_next_step_does_not(
        string earlierType,
        int earlierStep,
        string type,
        int step,
        bool goesOn
    )
    {
        Create("run-1", type: earlierType, step: earlierStep);
        await _world.RunAsync(TimeSpan.FromSeconds(10));
        Server.Write(Server.Runs[0], JsonNode.Parse("""{"spec":{"terminate":true} }""")!.AsObject());
        Complete("Successful");
        _world.Clock.Advance(TimeSpan.FromSeconds(1));
        Create("run-2", type: type, step: step);

        await _world.RunAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(
            goesOn,
            Annotation("run-2", "summary").Contains("with the evidence of run-1", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(0.2, "Failed")]
    [InlineData(0.001, "Successful")]
    public async Task A_run_of_an_experiment_compares_its_copy_of_the_canary_with_its_fresh_copy_of_stable(
        double errorRatio,
        string phase
    )
    {
        _world.HasExperiment = true;
        _world.Start();
        Server.Create(
            """
            {"metadata":{"name":"exp-run","namespace":"default","uid":"uid-exp-run",
             "creationTimestamp":"2026-01-01T00:00:00Z",
             "ownerReferences":[{"kind":"Experiment","name":"sample-new-7-0","uid":"exp-1","controller":true}]},
             "spec":{"metrics":[{"name":"canary","initialDelay":"5m",
               "provider":{"plugin":{"rollouts-companion.io/canary":{"preset":"fast"} } } }]},
             "status":{"phase":"Running","startedAt":"2026-01-01T00:00:00Z"} }
            """
        );
        _world.Watch();
        _world.CanaryErrorRatio = errorRatio;

        await _world.RunAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(phase, Metric("exp-run", "phase"));
    }

    [Fact]
    public async Task A_template_with_interval_and_count_on_our_metric_is_judged_as_safely()
    {
        Server.Create(
            """
            {"metadata":{"name":"counted","namespace":"default","uid":"uid-counted",
             "creationTimestamp":"2026-01-01T00:00:00Z",
             "labels":{"rollouts-pod-template-hash":"new","rollout-type":"Step"},
             "ownerReferences":[{"kind":"Rollout","name":"sample","uid":"ro-1","controller":true}]},
             "spec":{"metrics":[{"name":"canary","initialDelay":"5m","interval":"10s","count":5,"failureLimit":3,
               "provider":{"plugin":{"rollouts-companion.io/canary":{"preset":"fast"} } } }]},
             "status":{"phase":"Running","startedAt":"2026-01-01T00:00:00Z"} }
            """
        );
        _world.Watch();
        _world.CanaryErrorRatio = 0.2;

        await _world.RunAsync(TimeSpan.FromSeconds(60));

        Assert.All(
            Server.StatusPatches.SkipLast(1),
            patch => Assert.Null(patch["status"]!["metricResults"]![0]!["measurements"]![0]!["finishedAt"])
        );
        Assert.Equal("Failed", Metric("counted", "phase"));
        Assert.Equal(4, (int?)Result("counted")!["failed"]);
    }

    public void Dispose() => _world.Dispose();

    private void Create(
        string name,
        string type = "Step",
        string spec = """{"preset": "fast"}""",
        string? status = null,
        int? step = null
    )
    {
        var now = _world
            .Clock.GetUtcNow()
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        Server.Create(
            $$"""
            {"metadata":{"name":"{{name}}","namespace":"default","uid":"uid-{{name}}","creationTimestamp":"{{now}}",
              "labels":{"rollout-type":"{{type}}",{{(
                step is { } index ? $"\"step-index\":\"{index}\"," : ""
            )}}"rollouts-pod-template-hash":"new"},
              "ownerReferences":[{"kind":"Rollout","name":"sample","uid":"ro-1","controller":true}]},
             "spec":{"metrics":[{"name":"canary","provider":{"plugin":{"rollouts-companion.io/canary":{{spec}} } } }]},
             "status":{{status ?? $$"""{"phase":"Running","startedAt":"{{now}}"}"""}} }
            """
        );
        _world.Watch();
    }

    private void Complete(string phase)
    {
        Server.Write(Server.Runs[^1], new JsonObject { ["status"] = new JsonObject { ["phase"] = phase } });
        _world.Watch();
    }

    private JsonObject Run(string name) => Server.Runs.Single(run => (string?)run["metadata"]!["name"] == name);

    private JsonNode? Result(string run) =>
        Run(run)["status"]!["metricResults"]!.AsArray().Single(result => (string?)result!["name"] == "canary");

    private string Metric(string run, string field) => (string?)Result(run)![field] ?? "";

    private string Annotation(string run, string name) =>
        (string?)Run(run)["metadata"]!["annotations"]!["rollouts-companion.io/" + name] ?? "";

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private static string? PhaseIn(JsonObject patch) =>
        (string?)
            patch["status"]?["metricResults"]!.AsArray().Single(result => (string?)result!["name"] == "canary")![
                "phase"
            ];
}
