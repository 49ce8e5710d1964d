using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Journal;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.AnalysisController.Tests.Reconcile;

namespace Rollouts.AnalysisController.Tests.Journal;

/// <summary>Lines that a patch cannot carry, or that nobody wants.</summary>
public sealed class JournalGapTests : IDisposable
{
    private readonly JournaledWorld _journaled = new();
    private readonly KeptLog _log = new();

    private World World => _journaled.World;

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
        Assert.InRange(_journaled.Annotation!.Length, 1, CarriedLines.MostLength);
    }

    [Fact]
    public async Task Without_a_journal_nothing_is_carried_for_one()
    {
        World.JournalFolder = null;
        World.Start();
        _journaled.Create("run-1", "\"minimumStepSeconds\": 50");

        await _journaled.RunThroughOutageAsync(TimeSpan.FromSeconds(20));

        Assert.Null(_journaled.Annotation);
    }

    public void Dispose() => _journaled.Dispose();

    /// <summary>As if the latest patch had brought these.</summary>
    private void Carry(JsonObject run, ImmutableArray<string> lines)
    {
        var carried = CarriedLines.Of(lines);
        Assert.Equal(0, carried.LeftOut);
        var annotations = new JsonObject { [RunAnnotations.Lines] = carried.Text };
        World.Server.Write(run, new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } });
    }
}
