using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

public sealed class MarginBoundRules
{
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
}
