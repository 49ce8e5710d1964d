using Rollouts.Analysis.Evidence;
using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Tests.Metrics;

public sealed class GaugeStateRules
{
    private static readonly MetricSpec Queue = MetricSpec.Named("memory")! with
    {
        Name = "queue", Source = new MetricSource.Gauge("queue_length"), Statistic = GaugeStatistic.Level,
    };

    /// <summary>Levels of five stable pods: mean 10, standard deviation 1.</summary>
    private static readonly double[] Levels = [8.8, 9.2, 10, 10.8, 11.2];

    [Fact]
    public void Levels_are_compared_by_their_means()
    {
        var state = Seen(Queue, 420, [20, 30], _ => 0);
        Assert.Equal((true, 1, 25.0, 10.0),
            (state.IsRaised, state.Looks, state.CanaryMean, Math.Round(state.StableMean, 9)));
        Assert.True(state.IsGateOpen);
        Assert.True(state.IsExported);
        Assert.True(state.Passes(.05));
        Assert.False(state.ReachesLimit);
    }

    [Theory]
    [InlineData(.62, true)]
    [InlineData(.63, false)]
    public void Difference_of_levels_is_held_against_the_gate(double gate, bool raised) =>
        Assert.Equal(raised, Seen(Queue with { Gate = gate }, 420, [16.25], _ => 0).IsRaised);

    [Fact]
    public void Difference_of_exactly_the_gate_is_enough()
    {
        var even = new[] { 8.0, 8, 8, 8, 8.0 };
        Assert.True(Seen(Queue with { Gate = .5 }, 420, [12], _ => 0, stable: even).IsRaised);
        Assert.False(Seen(Queue with { Gate = .5 }, 420, [11.875], _ => 0, stable: even).IsRaised);
    }

    [Theory]
    [InlineData(120, 20)]
    [InlineData(130, 10)]
    public void Pod_counts_once_it_was_seen_for_three_minutes_after_its_own_two(int lateFrom, double mean) =>
        Assert.Equal(mean, Seen(Queue, 420, [10, 30], _ => 0, lateFrom: lateFrom).CanaryMean);

    [Fact]
    public void Difference_must_stand_out_from_what_stable_pods_differ()
    {
        var critical = StudentT.Quantile(StudentT.Normal9975, 4) * Math.Sqrt(1 + .2);
        var spread = Math.Sqrt(Levels.Sum(level => Math.Pow(level - 10, 2)) / 4);
        Assert.True(Seen(Queue with { Gate = 0 }, 420, [10 + (critical * spread) + .001], _ => 0).IsRaised);
        Assert.False(Seen(Queue with { Gate = 0 }, 420, [10 + (critical * spread) - .001], _ => 0).IsRaised);
        Assert.False(Seen(Queue with { Gate = 0 }, 420, [1], _ => 0).IsRaised);
    }

    [Theory]
    [InlineData(410, 0)]
    [InlineData(420, 1)]
    [InlineData(710, 1)]
    [InlineData(720, 2)]
    [InlineData(1310, 2)]
    [InlineData(1320, 3)]
    [InlineData(2510, 3)]
    [InlineData(2520, 4)]
    [InlineData(3600, 4)]
    public void Looks_come_after_warm_up_at_5_10_20_and_40_minutes(int seconds, int looks) =>
        Assert.Equal(looks, Seen(Queue, seconds, [10], _ => 0).Looks);

    [Fact]
    public void Clock_starts_when_both_arms_were_seen()
    {
        var state = (GaugeState)MetricState.Start(Queue);
        state = (GaugeState)state.Update(Make.Interval(10, [Make.Gauge("c", "queue", 1)], [Make.Requests("s", 1)]), 0);
        Assert.Null(state.StartedAt);
        Assert.False(state.IsExported);
        state = (GaugeState)state.Update(
            Make.Interval(20, [Make.Gauge("c", "queue", 1)], [Make.Requests("r", 1), Make.Gauge("s", "queue", 1)]), 0);
        Assert.Equal(FakeRollout.Start.AddSeconds(20), state.StartedAt);
        Assert.True(state.IsExported);
        state = (GaugeState)state.Update(Make.Interval(30, [], []), 0);
        Assert.True(state.IsExported);
        Assert.Null(((GaugeState)MetricState.Start(Queue)
            .Update(Make.Interval(10, [], [Make.Gauge("s", "queue", 1)]), 0)).StartedAt);
    }

    [Theory]
    [InlineData("memory", GaugeStatistic.Slope, true)]
    [InlineData("queue", GaugeStatistic.Slope, false)]
    [InlineData("memory", GaugeStatistic.Level, false)]
    public void Only_the_slope_of_memory_leads_to_a_memory_limit(string name, GaugeStatistic statistic, bool reaches)
    {
        var state = Seen(Queue with { Name = name, Statistic = statistic }, 420, [16], seconds => seconds / 100.0);
        Assert.True(state.IsRaised);
        Assert.Equal(reaches, state.ReachesLimit);
    }

    [Fact]
    public void Limit_is_reached_by_an_hour_of_the_slope_on_top_of_the_latest_reading()
    {
        var memory = Queue with { Name = "memory", Statistic = GaugeStatistic.Slope };
        var expected = 16 + 4.2 + 36;
        Assert.True(Seen(memory, 420, [16], seconds => seconds / 100.0, limit: expected - .01).ReachesLimit);
        Assert.False(Seen(memory, 420, [16], seconds => seconds / 100.0, limit: expected + .01).ReachesLimit);
        Assert.True(Seen(memory, 420, [16], seconds => seconds / 64.0, limit: 16 + (420 / 64.0) + 56.25).ReachesLimit);
    }

    /// <summary>
    /// Five steady stable pods, and canary pods that grow as asked; all but the first are there from
    /// <paramref name="lateFrom"/> seconds on.
    /// </summary>
    private static GaugeState Seen(
        MetricSpec spec, int seconds, double[] canary, Func<int, double> growth, double limit = 30,
        double[]? stable = null, int lateFrom = 0)
    {
        var state = (GaugeState)MetricState.Start(spec);
        for (var at = 0; at <= seconds; at += 10)
        {
            var grown = growth(at);
            PodIncrease[] pods =
                [.. canary.Take(at < lateFrom ? 1 : canary.Length)
                    .Select((level, i) => Make.Gauge($"c{i}", spec.Name, level + grown, memoryLimit: limit))];
            state = (GaugeState)state.Update(
                Make.Interval(
                    at, pods, [.. (stable ?? Levels).Select((level, i) => Make.Gauge($"s{i}", spec.Name, level))]), 0);
        }

        return state;
    }
}
