using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

public sealed class RatioRules
{
    private static readonly RatioTerms Terms = new(1.5, .001, .005, UsesTanh: false, Clip: 5);

    [Fact]
    public void Interval_without_traffic_on_both_arms_moves_nothing_but_the_sums()
    {
        var start = RatioMetric.Start(Terms);
        foreach (var (canary, stable) in new[] { (0, 100), (100, 0) })
        {
            var after = start.Update([new("c", 0, canary)], [new("s", 0, stable)], 0);
            Assert.Same(start.Wealth, after.Wealth);
            Assert.Same(start.Bound, after.Bound);
            Assert.Same(start.History, after.History);
            Assert.Equal((0, 100), (after.ComparedInStep, after.InStep.CanaryExposure + after.InStep.StableExposure));
            Assert.False(after.IsGateOpen);
        }
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(100)]
    public void Any_number_of_pods_makes_as_many_blocks(int pods)
    {
        PodCounts[] canary = [.. Enumerable.Range(0, pods).Select(i => new PodCounts($"c{i:000}", 1, 100))];
        PodCounts[] stable = [.. Enumerable.Range(0, pods).Select(i => new PodCounts($"s{i:000}", 0, 100))];
        var excess = FairShare.Excess(new ArmCounts(1, 0, 100, 100), 1.5)!.Value;
        var factors = new double[FairShare.LinearCount];
        FairShare.Bet([.. Enumerable.Repeat(new ArmCounts(1, 0, 100, 100), pods)], 1.5, 5, factors);
        Assert.Equal(Math.Min(Math.Log(5), pods * Math.Log(1 + (.02 * excess))), factors[0], 1e-9);
        var expected = RatioMetric.Start(Terms).Wealth.Update(factors, 1);
        Assert.Equal(
            expected.LogEvidence, RatioMetric.Start(Terms).Update(canary, stable, 0).Wealth.LogEvidence, 1e-12);
    }

    [Fact]
    public void Gate_opens_at_its_excess_and_forgets_by_two_percent_an_interval()
    {
        var at = RatioMetric.Start(Terms with { Gate = .25 }).Update([new("c", 2, 4)], [new("s", 1, 4)], 0);
        Assert.True(at.IsGateOpen);
        Assert.False(
            RatioMetric.Start(Terms with { Gate = .26 }).Update([new("c", 2, 4)], [new("s", 1, 4)], 0).IsGateOpen);
        Assert.Equal(4 * .98, at.Update([], [], 0).Recent.CanaryExposure, 1e-15);
    }

    [Fact]
    public void Ratio_of_no_exposure_is_unknown_and_not_zero()
    {
        Assert.Null(new ArmCounts(0, 0, 0, 5).CanaryRatio);
        Assert.Null(new ArmCounts(0, 0, 5, 0).StableRatio);
        Assert.Equal((.4, .1), (new ArmCounts(2, 1, 5, 10).CanaryRatio, new ArmCounts(2, 1, 5, 10).StableRatio));
    }

    [Fact]
    public void Blocks_are_filled_anew()
    {
        ArmCounts[] blocks = [new(9, 9, 9, 9)];
        Blocks.Deal([new("c", 1, 2)], [new("s", 3, 4)], blocks);
        Assert.Equal(new ArmCounts(1, 3, 2, 4), blocks[0]);
    }

    [Fact]
    public void Pass_asks_for_traffic_and_for_its_level_at_the_margin()
    {
        var metric = RatioMetric.Start(Terms);
        Assert.False(metric.Passes(.5));
        Assert.True(RatioMetric.Start(Terms with { Margin = null }).Passes(.05));
        for (var i = 0; i < 100; i++)
        {
            metric = metric.Update([new("c", 0, 100)], [new("s", 0, 100)], 0);
        }

        var level = Math.Exp(-metric.Bound.LogNotWorse(.005, metric.Noise.PassPhi));
        Assert.True(metric.Passes(level * 1.000001));
        Assert.False(metric.Passes(level * .999999));
        Assert.False(metric.StartStep().Passes(.05));
    }

    [Fact]
    public void Bound_shrinks_its_bets_where_the_canary_has_more_than_its_share()
    {
        var bound = MarginBound.Start(2).Update(new ArmCounts(3, 1, 300, 100));
        var half = MarginBound.Start(2).Update(new ArmCounts(0, 0, 5, 0));
        Assert.Equal(0, half.CanaryExposure);
        Assert.Equal((300, 50), (bound.CanaryExposure, bound.WorseExposure));
        Assert.Equal((3 * Math.Log(1 + (.95 / 6))) + Math.Log(1 - .95), bound.Worse[^1], 1e-12);
        Assert.Equal((3 * Math.Log(1 - .95)) + Math.Log(1 + (6 * .95)), bound.NotWorse[^1], 1e-12);
    }

    [Fact]
    public void Forecast_is_the_exposure_at_which_the_same_ratios_would_pass()
    {
        var bound = MarginBound.Start(1.5).Update(new ArmCounts(0, 0, 100, 900));
        var factor = bound.ExposureFactorToPass(.005, 3, .05)!.Value;
        Assert.Equal(Math.Log(20), bound.LogNotWorse(.005, 3 / factor), 1e-9);
        Assert.InRange(factor, 20, 40);
        Assert.Equal(1, bound.ExposureFactorToPass(.9, 1, .05));
        Assert.Null(MarginBound.Start(1.5).ExposureFactorToPass(.005, 3, .05));
        Assert.Null(MarginBound.Start(1.5).Update(new ArmCounts(50, 1, 100, 900)).ExposureFactorToPass(.005, 3, .05));
    }

    [Fact]
    public void History_keeps_every_interval_up_to_its_capacity_and_then_sums_neighbours_of_a_step()
    {
        var history = RatioHistory.Empty;
        for (var i = 0; i < RatioHistory.Capacity; i++)
        {
            history = history.Add(new ArmCounts(i, 1, 10, 10), i < 101 ? 0 : 1);
        }

        Assert.Equal(RatioHistory.Capacity, history.Count);
        history = history.Add(new ArmCounts(5, 5, 5, 5), 1);
        var (entries, steps) = Copied(history);

        // 101 of step 0 leave 51, 411 of step 1 leave 206, and the new one.
        Assert.Equal(258, history.Count);
        Assert.Equal((0, 1, 100, 203), (entries[0].CanaryBad - 1, steps[51], entries[50].CanaryBad, entries[51].CanaryBad));
        Assert.Equal((51, 207), (steps.Count(step => step == 0), steps.Count(step => step == 1)));
        Assert.Equal((511, new ArmCounts(5, 5, 5, 5)), (entries[256].CanaryBad, entries[257]));
        Assert.Equal(Enumerable.Range(0, 512).Sum() + 5, entries.Sum(entry => entry.CanaryBad));
        Assert.Equal((512 * 10) + 5, entries.Sum(entry => entry.StableExposure));
    }

    [Fact]
    public void History_of_many_short_steps_is_summed_across_them()
    {
        var history = RatioHistory.Empty;
        for (var i = 0; i <= RatioHistory.Capacity; i++)
        {
            history = history.Add(new ArmCounts(1, 1, 10, 10), i);
        }

        Assert.Equal((RatioHistory.Capacity / 2) + 1, history.Count);
        Assert.Equal(new ArmCounts(2, 2, 20, 20), Copied(history).Entries[0]);
    }

    [Fact]
    public void Restored_history_takes_no_more_than_its_capacity()
    {
        var history = RatioHistory.Empty;
        for (var i = 0; i < RatioHistory.Capacity; i++)
        {
            history = history.Restored(default, 0);
        }

        Assert.Equal(
            "a ratio history has too many entries",
            Assert.Throws<InvalidDataException>(() => history.Restored(default, 0)).Message);
    }

    [Fact]
    public void Bounds_of_a_ratio_are_open_where_the_evidence_does_not_reach()
    {
        Assert.Equal((0, double.PositiveInfinity), RatioHistory.Empty.RatioBounds(.01));
        var history = RatioHistory.Empty;
        for (var i = 0; i < 50; i++)
        {
            history = history.Add(new ArmCounts(10, 5, 100, 100), 0);
        }

        var (lower, upper) = history.RatioBounds(.01);
        Assert.InRange(lower, 1, 2);
        Assert.InRange(upper, 2, 4);
        var (mirroredLower, mirroredUpper) = Mirrored(history).RatioBounds(.01);
        Assert.Equal((1 / lower, 1 / upper), (mirroredUpper, mirroredLower), PairComparer);
    }

    private static IEqualityComparer<(double, double)> PairComparer { get; } =
        EqualityComparer<(double, double)>.Create((left, right) =>
            Math.Abs(left.Item1 - right.Item1) < 1e-9 && Math.Abs(left.Item2 - right.Item2) < 1e-9);

    private static RatioHistory Mirrored(RatioHistory history) => Copied(history).Entries.Aggregate(
        RatioHistory.Empty,
        (mirrored, entry) => mirrored.Add(
            new ArmCounts(entry.StableBad, entry.CanaryBad, entry.StableExposure, entry.CanaryExposure), 0));

    private static (ArmCounts[] Entries, int[] Steps) Copied(RatioHistory history)
    {
        var entries = new ArmCounts[history.Count];
        var steps = new int[history.Count];
        history.CopyTo(entries, steps);
        return (entries, steps);
    }
}
