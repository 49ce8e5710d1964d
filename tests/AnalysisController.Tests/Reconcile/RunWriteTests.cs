using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Rollouts.AnalysisController.Reconcile;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>When a run is written, by which name, and when it is left alone whatever the caches show.</summary>
public sealed class RunWriteTests : IDisposable
{
    private const string Web = """{"name":"web","interval":"10s","provider":{"web":{"url":"http://x"} } },""";

    private const string Pull =
        """{"web":{"url":"http://companion/api/v1/verdict?namespace=default&rollout=sample&preset=fast"} }""";

    private const string Secret =
        """
        ,"args":[{"name":"t","valueFrom":{"secretKeyRef":{"name":"s","key":"k"} } }]
        """;

    private readonly World _world = new();
    private readonly KeptLog _log = new();

    internal ClusterServer Server => _world.Server;

    [Fact]
    public async Task After_errors_that_Argo_wrote_while_we_were_away_one_measurement_in_flight_is_left()
    {
        _world.AddRun("run-1");
        _world.ArgoWrites(
            "run-1",
            """
            {"status":{"metricResults":[{"name":"canary","phase":"Running","error":4,"consecutiveError":4,
              "message":"not configured","measurements":[
                {"phase":"Error","finishedAt":"2026-01-01T00:00:00Z"},
                {"phase":"Error","finishedAt":"2026-01-01T00:00:00Z"}]}]} }
            """
        );
        _world.Watch();

        await _world.RunAsync(TimeSpan.FromSeconds(1));

        var result = _world.ResultOf("run-1")!;
        Assert.Equal(["measurements", "name", "phase"], result.Select(field => field.Key).Order());
        Assert.Equal("Running", (string?)Assert.Single(result["measurements"]!.AsArray())!["phase"]);
    }

    [Theory]
    [InlineData("""{"spec":{"terminate":true} }""")]
    [InlineData("""{"status":{"phase":"Failed"} }""")]
    [InlineData("""{"status":{"phase":"Successful","message":"Run Terminated"} }""")]
    [InlineData("""{"status":{"metricResults":[{"name":"canary","phase":"Error"}]} }""")]
    public async Task A_run_that_ended_behind_a_lagging_cache_is_left_alone(string patch)
    {
        _world.AddRun("run-1");
        await _world.RunAsync(TimeSpan.FromSeconds(3));
        _world.IsWatchLagging = true;
        _world.ArgoWrites("run-1", patch);
        var written = Server.Patches.Count;

        await _world.RunAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(written, Server.Patches.Count);
    }

    [Fact]
    public async Task The_end_of_a_terminated_run_is_read_from_its_phase_though_our_measurement_is_still_in_flight()
    {
        _world.AddRun("run-1");
        await _world.RunAsync(TimeSpan.FromSeconds(3));
        _world.ArgoWrites("run-1", """{"spec":{"terminate":true},"status":{"phase":"Successful"} }""");
        Assert.Equal("Running", (string?)_world.ResultOf("run-1")!["phase"]);

        _world.Start();
        var written = Server.Patches.Count;
        await _world.RunAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(written, Server.Patches.Count);
        Assert.NotEqual("Pass", _world.AnnotationOf("run-1", "verdict"));
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData(Secret, 10)]
    public async Task Argo_reads_secrets_at_every_beat_so_a_run_with_one_is_written_every_ten_seconds_at_most(
        string args,
        int seconds
    )
    {
        _world.AddRun("run-1", type: "Background", spec: args);

        await _world.RunAsync(TimeSpan.FromSeconds(61));

        Assert.Equal(TimeSpan.FromSeconds(seconds), Shortest([.. Server.Patches.Select(JudgedAt)]));
    }

    [Fact]
    public async Task Argo_finds_the_measurement_in_flight_refreshed_every_ten_seconds_and_the_state_at_every_interval()
    {
        _world.AddRun("run-1", type: "Background");

        await _world.RunAsync(TimeSpan.FromSeconds(61));

        var refreshed = Server.StatusPatches.Select(ResumeAt).ToList();
        Assert.Equal(7, refreshed.Count);
        Assert.Equal(TimeSpan.FromSeconds(10), Shortest(refreshed));
        Assert.Equal(31, Server.Patches.Count);
        Assert.Equal(31, Server.Patches.Select(patch => (string?)Note(patch, RunAnnotations.State)).Distinct().Count());
    }

    [Fact]
    public async Task An_erased_measurement_is_put_back_after_a_second_though_the_run_has_a_secret()
    {
        _world.AddRun("run-1", type: "Background", spec: Secret);
        await _world.RunAsync(TimeSpan.FromSeconds(13));
        _world.ArgoWrites("run-1", """{"status":{"metricResults":[]} }""");
        _world.Watch();
        var (erasedAt, written) = (_world.Clock.GetUtcNow(), Server.Patches.Count);

        await _world.RunAsync(TimeSpan.FromSeconds(2));
        var repair = Assert.Single(Server.Patches.Skip(written));
        await _world.RunAsync(TimeSpan.FromSeconds(40));

        Assert.InRange(ResumeAt(repair) - erasedAt, TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(302));
        Assert.Equal(TimeSpan.FromSeconds(10), Shortest([.. Server.Patches.Skip(written).Select(JudgedAt)]));
    }

    [Theory]
    [InlineData("", 0.2, "Failed")]
    [InlineData("", 0.001, "Successful")]
    [InlineData(""","args":[{"name":"tier","value":"gold"}]""", 0.2, "Failed")]
    public async Task No_result_is_ever_written_under_a_name_that_the_spec_does_not_have(
        string args,
        double errorRatio,
        string phase
    )
    {
        var (declared, name) = args.Length == 0 ? ("canary", "canary") : ("canary-{{args.tier}}", "canary-gold");
        _world.AddRun("run-1", metric: declared, spec: args, others: Web);
        _world.CanaryErrorRatio = errorRatio;

        await _world.RunAsync(TimeSpan.FromSeconds(60));

        Assert.All(
            Server.StatusPatches.SelectMany(patch => patch["status"]!["metricResults"]!.AsArray()),
            result => Assert.Equal(name, (string?)result!["name"])
        );
        Assert.Equal(phase, (string?)_world.ResultOf("run-1", name)!["phase"]);
    }

    [Theory]
    [InlineData(30, 0)]
    [InlineData(-30, 0)]
    [InlineData(31, 1)]
    [InlineData(-31, 1)]
    public async Task A_clock_that_differs_from_the_API_servers_by_more_than_thirty_seconds_is_warned_of_once(
        int seconds,
        int warnings
    )
    {
        _world.Log = _log;
        _world.Start();
        Server.Skew = TimeSpan.FromSeconds(seconds);
        _world.AddRun("run-1", type: "Background");

        await _world.RunAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(warnings, _log.Lines.Count(line => line.Text.Contains("clock is", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""{"count":{} }""", true)]
    [InlineData("""{"consecutiveSuccessLimit":{} }""", false)]
    public async Task An_Argo_older_than_1_8_is_warned_of_when_a_gate_asks_us(string schema, bool warns)
    {
        _world.Log = _log;
        _world.Start();
        Server.Schema = schema;
        _world.AddRun("run-1", provider: Pull);

        await _world.RunAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(
            warns ? 1 : 0,
            _log.Lines.Count(line =>
                line.Level == LogLevel.Warning
                && line.Text.Contains("older than 1.8", StringComparison.Ordinal)
            )
        );
        Assert.DoesNotContain(Server.Patches, patch => patch.ContainsKey("status"));
    }

    [Fact]
    public async Task The_log_of_a_gate_that_asks_us_claims_no_phase_that_only_Argo_writes()
    {
        _world.Log = _log;
        _world.Start();
        _world.AddRun("run-1", provider: Pull);

        await _world.RunAsync(TimeSpan.FromSeconds(59));

        Assert.Equal("Pass", _world.AnnotationOf("run-1", "verdict"));
        Assert.Single(_log.Lines, line => line.Text.Contains("concluded Successful", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Lines, line => line.Text.Contains("wrote", StringComparison.Ordinal));
        Assert.DoesNotContain(Server.Patches, patch => patch.ContainsKey("status"));
    }

    public void Dispose() => _world.Dispose();

    private static TimeSpan Shortest(List<DateTimeOffset> instants) =>
        instants.Zip(instants.Skip(1), (one, next) => next - one).Min();

    private static DateTimeOffset ResumeAt(JsonObject patch) =>
        Instant(patch["status"]!["metricResults"]![0]!["measurements"]![0]!["resumeAt"]);

    private static DateTimeOffset JudgedAt(JsonObject patch) => Instant(Note(patch, RunAnnotations.JudgedAt));

    private static JsonNode? Note(JsonObject patch, string annotation) =>
        patch["metadata"]!["annotations"]![annotation];

    private static DateTimeOffset Instant(JsonNode? text) =>
        DateTimeOffset.Parse((string)text!, CultureInfo.InvariantCulture);
}
