using System.Net;
using System.Text.Json.Nodes;
using Rollouts.Analysis.Observation;
using Rollouts.AnalysisController.Journal;
using Rollouts.AnalysisController.Tests.Reconcile;

namespace Rollouts.AnalysisController.Tests.Journal;

/// <summary>A patch that brings several evidence intervals, and a process that is killed right after it.</summary>
public sealed class SeveralIntervalsTests : IDisposable
{
    private readonly JournaledWorld _journaled = new();

    private World World => _journaled.World;

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
        Assert.NotNull(_journaled.Annotation);

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
        Assert.Null(_journaled.Annotation);
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
        Assert.Equal(_journaled.Patched.Intervals, two.Count(
            line => JournalLine.IsInterval(line) && !JournaledWorld.IsEnd(line)));
        Assert.Equal(0, await _journaled.ReplayAsync("run-2"));
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

    public void Dispose() => _journaled.Dispose();

    private static double SecondsOf(string line) => (double)JsonNode.Parse(line)!["t"]!;
}
