using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests.Persistence;

/// <summary>What does not fit into a checkpoint.</summary>
public sealed class SheddingRules
{
    private static readonly AnalysisSpec Spec =
        new() { Metrics = [MetricSpec.Named("errors")!, MetricSpec.Named("memory")!] };

    [Fact]
    public void What_does_not_fit_is_shed_in_its_order_and_named()
    {
        var pods = Enumerable.Range(0, 64).Select(i => new GaugeSeries(
            $"s{i}", FakeRollout.Start, 9, [], [.. Enumerable.Range(0, 48).Select(j => Math.Sqrt((100.0 * i) + j))]));
        var heavy = Make.Judged(Spec, 1, [Make.Requests("c", 10)], [Make.Requests("s", 90)]);
        heavy = heavy with
        {
            Metrics = [heavy.Metrics[0], (GaugeState)heavy.Metrics[1] with { Canary = [.. pods], Stable = [.. pods] }],
            LatestInterval = Make.Interval(10, [], [.. Enumerable.Range(0, 3000).Select(i =>
                Make.Gauge($"a-pod-with-a-name-{i}", "memory", Math.Sqrt(i)))]),
        };
        var written = Checkpoint.Write(heavy);
        Assert.True(written.Bytes.Length <= Checkpoint.LimitBytes);
        Assert.Equal(["the latest interval for the journal"], written.Shed);
        var restored = Restored(heavy);
        Assert.Null(restored.LatestInterval);
        Assert.Equal(64, Assert.IsType<GaugeState>(restored.Metrics[1]).Stable.Length);
    }

    [Fact]
    public void Shed_history_still_says_that_there_was_traffic()
    {
        var state = Make.Judged(Spec, 30, [Make.Requests("c", 1000)], [Make.Requests("s", 9000)]);
        Assert.Equal(Decision.Pass, state.Verdict.Decision);
        var ratio = Assert.IsType<RatioState>(state.Metrics[0]);
        Assert.True(ratio.Ratio.Passes(.05));
        Assert.Equal(30, ratio.Ratio.History.Count);
        Assert.Equal(30, Assert.IsType<RatioState>(Restored(state).Metrics[0]).Ratio.History.Count);
    }

    private static AnalysisState Restored(AnalysisState state) =>
        Assert.IsType<CheckpointResult.Restored>(Checkpoint.Read(Checkpoint.Write(state).Bytes.AsSpan())).State;
}
