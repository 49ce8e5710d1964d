using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Persistence;
using Rollouts.Analysis.Policy;

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
        Assert.False(written.HoldsInterval);
        Assert.Empty(written.Shed);
        var restored = Restored(heavy);
        Assert.Null(restored.LatestInterval);
        Assert.Equal(64, Assert.IsType<GaugeState>(restored.Metrics[1]).Stable.Length);
    }

    [Theory]
    [InlineData(0, false, false, false, false)]
    [InlineData(1, true, false, false, false)]
    [InlineData(2, true, true, false, false)]
    [InlineData(3, true, true, true, false)]
    [InlineData(4, true, true, true, true)]
    public void Each_step_of_shedding_leaves_out_one_thing_more(
        int step, bool interval, bool gauges, bool history, bool noise)
    {
        var shedding = Shedding.Steps[step];
        Assert.Equal(
            (interval, gauges, history, noise),
            (shedding.Interval, shedding.Gauges, shedding.RatioHistory, shedding.PodNoise));
        var state = Make.Judged(
            Spec, 30, [Make.Requests("c", 1000)], [Make.Requests("s", 5000), Make.Requests("t", 4000)]);
        var writer = new StateWriter();
        MetricFormat.Write(writer, state.Metrics[0], shedding);
        var read = MetricFormat.Read(new StateReader(writer.ToArray()), state.Metrics[0].Spec);
        var ratio = Assert.IsType<RatioState>(read).Ratio;
        Assert.Equal(history ? 1 : 30, ratio.History.Count);
        Assert.Equal(noise ? 0 : 2, ratio.Noise.Pods.Length);
        Assert.True(ratio.Passes(.05));
    }

    [Theory]
    [InlineData(1, 2, 2)]
    [InlineData(2, 0, 2)]
    [InlineData(4, 0, 0)]
    public void Readings_of_gauges_and_mixes_of_pods_are_left_out_at_their_steps(int step, int readings, int mixes)
    {
        var gauge = Assert.IsType<GaugeState>(MetricState.Start(Spec.Metrics[1])) with
        {
            Canary = [.. Series(2)], Stable = [.. Series(2)],
        };
        var readGauge = Assert.IsType<GaugeState>(WrittenAndRead(gauge, step));
        Assert.Equal((readings, readings), (readGauge.Canary.Length, readGauge.Stable.Length));
        var spec = new AnalysisSpec { Metrics = [MetricSpec.Named("classes")!] };
        var classes = Make.Judged(
            spec, 2, [Make.Classes("c", 5, 5)], [Make.Classes("s", 5, 5), Make.Classes("t", 5, 5)]).Metrics[0];
        Assert.Equal(mixes, Assert.IsType<ClassState>(WrittenAndRead(classes, step)).Drift.StablePods.Length);
    }

    [Fact]
    public void History_that_was_empty_stays_empty()
    {
        var writer = new StateWriter();
        MetricFormat.Write(writer, MetricState.Start(Spec.Metrics[0]), Shedding.Steps[^1]);
        var read = MetricFormat.Read(new StateReader(writer.ToArray()), Spec.Metrics[0]);
        Assert.Equal(0, Assert.IsType<RatioState>(read).Ratio.History.Count);
    }

    private static IEnumerable<GaugeSeries> Series(int pods) =>
        Enumerable.Range(0, pods).Select(i => new GaugeSeries($"s{i}", FakeRollout.Start, 9, [], [1, 2, 3]));

    private static MetricState WrittenAndRead(MetricState metric, int step)
    {
        var writer = new StateWriter();
        MetricFormat.Write(writer, metric, Shedding.Steps[step]);
        return MetricFormat.Read(new StateReader(writer.ToArray()), metric.Spec);
    }

    private static AnalysisState Restored(AnalysisState state) =>
        Assert.IsType<CheckpointResult.Restored>(Checkpoint.Read(Checkpoint.Write(state).Bytes.AsSpan())).State;
}
