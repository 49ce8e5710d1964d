using System.Collections.Immutable;
using Rollouts.Analysis;
using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Journal;
using Rollouts.AnalysisController.Reconcile;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>What a patch keeps safe, and what it says of what it cannot keep.</summary>
public sealed class RunMemoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_line_that_the_checkpoint_holds_does_not_travel_twice()
    {
        var session = Judged(pods: 3);

        var memory = RunMemory.Of(RunKind.Step, session);

        Assert.Equal(new CarriedLines(CarriedLines.Of(session.Unwritten[..^1]).Text, 0), memory.Lines);
        Assert.Equal("", memory.Shortfall);
    }

    [Fact]
    public void A_checkpoint_without_room_for_the_latest_line_leaves_it_to_the_annotation_beside_it()
    {
        var session = Judged(pods: 2750);

        var memory = RunMemory.Of(RunKind.Step, session);

        Assert.Equal([session.Unwritten[^1]], CarriedLines.Read(memory.Lines.Text));
        Assert.Equal("", memory.Shortfall);
    }

    [Fact]
    public void What_of_the_evidence_has_no_room_is_said()
    {
        var memory = RunMemory.Of(RunKind.Step, Judged(pods: 64, intervals: 90, gauges: ["heap", "queue"]));

        Assert.Equal(
            " (too much to keep: a restart of the controller would lose gauges)",
            memory.Shortfall
        );
    }

    private static RunSession Judged(int pods, int intervals = 4, params IReadOnlyList<string> gauges)
    {
        var random = new Random(1);
        var gauge = MetricSpec.Named("memory")!;
        var spec = Presets.Fast with
        {
            Metrics = [.. Presets.Fast.Metrics, .. gauges.Select(name => gauge with { Name = name })],
        };
        var state = CanaryAnalysis.Start(spec, Start);
        var lines = ImmutableArray.CreateBuilder<string>();
        for (var i = 1; i <= intervals; i++)
        {
            var next = CanaryAnalysis.Advance(
                state,
                new EvidenceInterval
                {
                    At = Start.AddSeconds(2 * i),
                    Canary = Pods("new", pods, gauges, random),
                    Stable = Pods("old", pods, gauges, random),
                }
            );
            lines.AddRange(JournalLine.Between(state, next));
            state = next;
        }

        return new RunSession { State = state, Unwritten = lines.ToImmutable() };
    }

    private static ImmutableArray<PodIncrease> Pods(
        string set,
        int count,
        IReadOnlyList<string> gauges,
        Random random
    ) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new PodIncrease
                {
                    Pod = $"{set}-{i:00000}",
                    Requests = random.Next(5000, 9999),
                    Errors = random.Next(5000),
                    Gauges = gauges.ToImmutableSortedDictionary(name => name, _ => 1e8 * random.NextDouble()),
                }),
        ];
}
