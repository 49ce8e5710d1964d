using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

public sealed class RatioMetricRules
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
}
