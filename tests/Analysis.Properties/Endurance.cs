using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Properties;

public sealed class Endurance
{
    [Fact]
    public void Million_intervals_of_a_healthy_pair_stay_finite_bounded_and_without_abort()
    {
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var spec =
            new AnalysisSpec { Deadline = null,
                Metrics = [.. new AnalysisSpec().Metrics.Where(metric => metric.Name == "errors")] };
        var state = CanaryAnalysis.Start(spec, at);
        var random = new Random(3);
        var intervals = Enumerable.Range(0, 1000)
            .Select(_ => (Canary: Arm(random, "c", 1), Stable: Arm(random, "s", 2))).ToArray();
        for (var i = 1; i <= 1_000_000; i++)
        {
            var (canary, stable) = intervals[random.Next(intervals.Length)];
            state = CanaryAnalysis.Advance(
                state, new EvidenceInterval { At = at.AddSeconds(10.0 * i), Canary = canary, Stable = stable });
        }

        Assert.NotEqual(Decision.Abort, state.Verdict.Decision);
        Assert.True(double.IsFinite(state.Metrics[0].LogEvidence));
        Assert.InRange(Checkpoint.Write(state).Bytes.Length, 100, 16 * 1024);
        Assert.Equal(1_000_000, state.Intervals);
    }

    private static System.Collections.Immutable.ImmutableArray<PodIncrease> Arm(
        Random random, string prefix, int pods) =>
    [
        .. Enumerable.Range(0, pods).Select(i => new PodIncrease
        {
            Pod = prefix + i,
            Requests = 100,
            Errors = random.NextDouble() < .1 ? 1 : 0,
        }),
    ];
}
