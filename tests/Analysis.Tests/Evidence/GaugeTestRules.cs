using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

public sealed class GaugeTestRules
{
    [Fact]
    public void Degrees_of_freedom_below_one_are_a_bug() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.Quantile(2.5, 0));

    [Fact]
    public void Test_of_a_gauge_takes_the_spread_of_unlike_stable_pods()
    {
        double[] stable = [1, 2, 4, 7, 11];
        var spread = Math.Sqrt(stable.Sum(value => Math.Pow(value - 5, 2)) / 4);
        var (t, critical) = GaugeTest.Compare([9, 12], stable)!.Value;
        Assert.Equal(5.5 / (spread * Math.Sqrt(.5 + .2)), t, 1e-12);
        Assert.Equal(StudentT.Quantile(StudentT.Normal9975, 4), critical);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(4, double.PositiveInfinity)]
    [InlineData(2, double.NegativeInfinity)]
    public void Stable_pods_that_are_all_alike_leave_no_doubt(double canary, double t) =>
        Assert.Equal(t, GaugeTest.Compare([canary], [3, 3, 3, 3, 3])!.Value.T);

    [Fact]
    public void Four_stable_pods_or_no_canary_pod_are_too_few_for_a_gauge()
    {
        Assert.Null(GaugeTest.Compare([1], [1, 2, 3, 4]));
        Assert.Null(GaugeTest.Compare([], [1, 2, 3, 4, 5]));
    }
}
