using Rollouts.Analysis.Tests;

namespace Rollouts.Analysis.Properties;

public sealed class CheckpointSize
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Thousand_pods_a_side_with_churn_stay_within_the_limit_after_ten_thousand_intervals()
    {
        var random = new Random(11);
        var state = CanaryAnalysis.Start(new AnalysisSpec(), Start);
        for (var i = 1; i <= 10_000; i++)
        {
            // A few pods a side keep the test fast; the last intervals have all of them, under ever new names.
            var pods = i > 9_990 ? 1000 : 4;
            state = CanaryAnalysis.Advance(
                state, RandomInterval.Of(random, Start.AddSeconds(10 * i), pods, pods, .002, generation: i / 40));
        }

        var written = Checkpoint.Write(state);
        Assert.InRange(written.Bytes.Length, 1000, Checkpoint.LimitBytes);
        var restored = Assert.IsType<CheckpointResult.Restored>(Checkpoint.Read(written.Bytes.AsSpan())).State;
        Assert.Equal(state.Verdict.LogTotal, restored.Verdict.LogTotal);
        Assert.Equal(state.Intervals, restored.Intervals);
        var next = RandomInterval.Of(random, Start.AddSeconds(100_010), 1000, 1000, .002);
        Assert.Equal(
            CanaryAnalysis.Advance(state, next).Metrics[0].LogEvidence,
            CanaryAnalysis.Advance(restored, next).Metrics[0].LogEvidence,
            written.Shed.Contains("noise of single pods") ? .5 : 0);
    }
}
