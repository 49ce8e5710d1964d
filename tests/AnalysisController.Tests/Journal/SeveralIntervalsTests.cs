using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;
using Rollouts.Analysis.Observation;
using Rollouts.AnalysisController.Journal;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.AnalysisController.Tests.Reconcile;

namespace Rollouts.AnalysisController.Tests.Journal;

/// <summary>A patch that brings several evidence intervals, and a process that is killed right after it.</summary>
public sealed class SeveralIntervalsTests : IDisposable
{
    private const string Secret =
        """
        "args":[{"name":"t","valueFrom":{"secretKeyRef":{"name":"s","key":"k"} } }]
        """;

    private readonly JournaledWorld _journaled = new();
    private readonly KeptLog _log = new();

    private World World => _journaled.World;

    private string? Annotation =>
        (string?)World.Server.Runs[^1]["metadata"]!["annotations"]![RunAnnotations.Lines];

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task All_of_them_are_in_the_journal_once_and_in_order(bool catchesUp, bool onAnotherDisk)
    {
        _journaled.Create("run-1", "\"minimumStepSeconds\": 50");
        await World.RunAsync(TimeSpan.FromSeconds(6));
        var before = await _journaled.ReadAsync();
        await _journaled.RunThroughOutageAsync(TimeSpan.FromSeconds(20));
        Assert.NotNull(Annotation);

        if (onAnotherDisk)
        {
            _journaled.MoveToAnotherDisk();
        }
        else
        {
            World.Start();
        }

        if (catchesUp)
        {
            World.CatchUp();
        }

        var restored = _journaled.Patched.Intervals;
        await _journaled.RunToNextPatchAsync();
        var lines = await _journaled.ReadAsync();

        Assert.Equal(restored, lines.Length + (onAnotherDisk ? before.Length : 0));
        Assert.Equal(onAnotherDisk ? [] : before, lines.Take(onAnotherDisk ? 0 : before.Length));
        Assert.Equal(lines.OrderBy(SecondsOf), lines);
        await World.RunAsync(TimeSpan.FromSeconds(5));
        Assert.Null(Annotation);
    }

    [Fact]
    public async Task A_second_kill_before_the_disk_has_them_loses_none_either()
    {
        _journaled.Create("run-1", "\"minimumStepSeconds\": 50");
        await _journaled.RunThroughOutageAsync(TimeSpan.FromSeconds(20));
        var intervals = _journaled.Patched.Intervals;

        World.Start();
        await _journaled.RunToNextPatchAsync();
        World.Start();
        await _journaled.RunToNextPatchAsync();

        Assert.Equal(intervals, (await _journaled.ReadAsync()).Length);
    }

    [Theory]
    [InlineData(0.5, "Failed", 1)]
    [InlineData(0.001, "Successful", 0)]
    public async Task The_next_to_lead_finds_those_of_a_run_that_has_ended_and_replay_reaches_its_verdict(
        double errors,
        string phase,
        int exitCode
    )
    {
        World.CanaryErrorRatio = errors;
        var run = _journaled.Create("run-1", spec: Secret);
        while ((string?)run["status"]!["metricResults"]?[0]?["phase"] != phase)
        {
            await World.RunAsync(TimeSpan.FromMilliseconds(100));
        }

        _journaled.End(run, phase);
        var intervals = _journaled.Patched.Intervals;
        _journaled.Kill();

        Assert.Equal(exitCode, await _journaled.ReplayAsync());
        Assert.Equal(intervals, (await _journaled.ReadAsync()).Length);
    }

    [Fact]
    public async Task A_run_whose_first_and_only_patch_with_evidence_ended_it_gets_its_file_from_the_next_to_lead()
    {
        World.CanaryErrorRatio = 0.5;
        var run = _journaled.Create("run-1");
        await World.RunAsync(TimeSpan.FromSeconds(1));
        await _journaled.RunThroughOutageAsync(TimeSpan.FromSeconds(30));
        _journaled.End(run, "Failed");
        Assert.Empty(_journaled.Files());

        _journaled.Kill();

        Assert.Equal(1, await _journaled.ReplayAsync());
    }

    [Fact]
    public async Task A_run_that_went_on_with_anothers_evidence_begins_with_it_though_killed_before_it_has_a_file()
    {
        var first = _journaled.Create("run-1");
        await World.RunAsync(TimeSpan.FromSeconds(60));
        _journaled.End(first, "Successful");
        await World.FlushJournalAsync();
        _journaled.Create("run-2");
        await _journaled.RunThroughOutageAsync(TimeSpan.FromSeconds(10));
        Assert.Single(_journaled.Files());

        _journaled.Kill();
        await World.RunAsync(TimeSpan.FromSeconds(60));

        var (one, two) = (await _journaled.ReadAsync(), await _journaled.ReadAsync("run-2"));
        Assert.Equal(one, two.Take(one.Length));
        Assert.Equal("step", (string?)JsonNode.Parse(two[one.Length])!["kind"]);
        Assert.Equal(_journaled.Patched.Intervals, two.Count(line => JournalLine.IsInterval(line) && !IsEnd(line)));
        Assert.Equal(0, await _journaled.ReplayAsync("run-2"));
    }

    [Fact]
    public async Task A_patch_that_ended_the_run_and_was_not_answered_is_in_the_journal_without_a_restart()
    {
        World.CanaryErrorRatio = 0.5;
        var run = _journaled.Create("run-1");
        World.Server.Lose = request =>
        {
            if ((string?)run["status"]!["metricResults"]?[0]?["phase"] != "Failed")
            {
                return null;
            }

            _journaled.End(run, "Failed");
            return LoseAnswer(request);
        };

        await World.RunAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(1, await _journaled.ReplayAsync());
        Assert.Equal(_journaled.Patched.Intervals, (await _journaled.ReadAsync()).Length);
    }

    [Fact]
    public async Task A_process_killed_before_the_patch_leaves_no_line_that_no_checkpoint_has()
    {
        _journaled.Create("run-1");
        await World.RunAsync(TimeSpan.FromSeconds(6));
        World.Server.Refuse = _ => HttpStatusCode.ServiceUnavailable;
        await World.RunAsync(TimeSpan.FromSeconds(20));
        await World.FlushJournalAsync();

        _journaled.Kill();

        var lines = await _journaled.ReadAsync();
        Assert.Equal(_journaled.Patched.Intervals, lines.Length);
        Assert.Equal(IntervalLine.Write(_journaled.Patched.LatestInterval!, _journaled.Patched.Origin), lines[^1]);
    }

    [Fact]
    public async Task Whatever_fails_and_whenever_it_is_killed_the_journal_has_each_interval_of_the_evidence_once()
    {
        for (var seed = 0; seed < 8; seed++)
        {
            using var test = new SeveralIntervalsTests();
            var complaint = await test.FailAndKillAgainAndAgainAsync(new Random(seed));
            Assert.True(complaint is null, $"seed {seed}: {complaint}");
        }
    }

    [Fact]
    public async Task Lines_dropped_because_no_write_succeeded_for_long_are_told_of_and_the_others_are_in_the_journal()
    {
        World.Log = _log;
        var run = _journaled.Create("run-1", "\"minimumStepSeconds\": 50");
        await _journaled.RunToNextPatchAsync();
        Carry(run, [.. Enumerable.Range(1, 510).Select(i => $$"""{"kind":"interval","t":{{i}}e-6}""")]);

        World.Start();
        await _journaled.RunThroughOutageAsync(TimeSpan.FromSeconds(20));

        var lost = 510 + _journaled.Patched.Intervals - 512;
        Assert.InRange(lost, 5, 20);
        Assert.Equal(512, (await _journaled.ReadAsync()).Length);
        var told = Assert.Single(_log.Lines, line => line.Number == 23);
        Assert.StartsWith(
            $"AnalysisRun default/run-1: the journal lacks {lost} lines before the 512 of this write",
            told.Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Lines_that_have_no_room_in_the_annotation_are_told_of()
    {
        World.Log = _log;
        var run = _journaled.Create("run-1", "\"minimumStepSeconds\": 50");
        await _journaled.RunToNextPatchAsync();
        var noise = new byte[48_800];
        new Random(1).NextBytes(noise);
        Carry(run, [$$"""{"kind":"interval","t":0,"canary":{},"stable":{},"x":"{{Convert.ToBase64String(noise)}}"}"""]);

        World.Start();
        await _journaled.RunThroughOutageAsync(TimeSpan.FromSeconds(20));

        var told = Assert.Single(_log.Lines, told => told.Number == 24);
        Assert.StartsWith("AnalysisRun default/run-1: the oldest 1 of ", told.Text, StringComparison.Ordinal);
        Assert.InRange(Annotation!.Length, 1, CarriedLines.MostLength);
    }

    [Fact]
    public async Task Without_a_journal_nothing_is_carried_for_one()
    {
        World.JournalFolder = null;
        World.Start();
        _journaled.Create("run-1", "\"minimumStepSeconds\": 50");

        await _journaled.RunThroughOutageAsync(TimeSpan.FromSeconds(20));

        Assert.Null(Annotation);
    }

    public void Dispose() => _journaled.Dispose();

    /// <summary>Writes are refused, or done without our hearing of it, for some seconds; then a kill.</summary>
    private async Task<string?> FailAndKillAgainAndAgainAsync(Random random)
    {
        _journaled.Create("run-1", "\"minimumStepSeconds\": 50, \"deadlineSeconds\": 90");
        for (var kill = 0; kill < 6; kill++)
        {
            World.Server.Refuse = random.Next(2) == 0 ? _ => HttpStatusCode.ServiceUnavailable : null;
            World.Server.Lose = random.Next(3) == 0 ? LoseAnswer : null;
            await World.RunAsync(TimeSpan.FromSeconds(random.NextDouble() * 12));
            (World.Server.Refuse, World.Server.Lose) = (null, null);
            await World.RunAsync(TimeSpan.FromSeconds(random.NextDouble() * 3));
            if (random.Next(3) == 0)
            {
                await World.FlushJournalAsync();
            }

            _journaled.Kill();
        }

        await World.RunAsync(TimeSpan.FromSeconds(100));
        var lines = (await _journaled.ReadAsync()).Where(line => !IsEnd(line)).ToList();
        return lines.Count != _journaled.Patched.Intervals
                ? $"{_journaled.Patched.Intervals} intervals, {lines.Count} lines:\n{string.Join('\n', lines)}"
            : !lines.OrderBy(SecondsOf).SequenceEqual(lines) ? $"time goes back:\n{string.Join('\n', lines)}"
            : null;
    }

    /// <summary>As if the latest patch had brought these.</summary>
    private void Carry(JsonObject run, ImmutableArray<string> lines)
    {
        var carried = CarriedLines.Of(lines);
        Assert.Equal(0, carried.LeftOut);
        var annotations = new JsonObject { [RunAnnotations.Lines] = carried.Text };
        World.Server.Write(run, new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } });
    }

    private static HttpResponseMessage? LoseAnswer(HttpRequestMessage request) =>
        request.Method == HttpMethod.Patch
            ? new HttpResponseMessage(HttpStatusCode.GatewayTimeout) { Content = new StringContent("{}") }
            : null;

    private static double SecondsOf(string line) => (double)JsonNode.Parse(line)!["t"]!;

    private static bool IsEnd(string line) => line.EndsWith("\"canary\":{},\"stable\":{}}", StringComparison.Ordinal);
}
