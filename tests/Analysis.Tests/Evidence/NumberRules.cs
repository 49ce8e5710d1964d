using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

public sealed class NumberRules
{
    [Theory]
    [InlineData(.3)]
    [InlineData(-.999)]
    [InlineData(1)]
    public void Root_is_found_to_the_last_bit(double root) =>
        Assert.Equal(root, Bisection.Root(-1, 1, x => x >= root));

    [Fact]
    public void Root_is_the_end_of_a_bracket_that_holds_none()
    {
        Assert.Equal(-1, Bisection.Root(-1, 1, _ => true));
        Assert.Equal(1, Bisection.Root(-1, 1, _ => false));
    }

    [Fact]
    public void Root_to_a_width_takes_no_more_halvings_than_that()
    {
        var asked = 0;
        var root = Bisection.Root(0, 1, x => ++asked > 0 && x >= 1 / 3.0, width: 1 / 1024.0);
        Assert.InRange(root, 1 / 3.0, (1 / 3.0) + (1 / 1024.0));
        Assert.Equal(11, asked);
    }

    [Fact]
    public void Root_to_the_last_bit_ends()
    {
        var asked = 0;
        Bisection.Root(-1.5, 1, x => ++asked > 0 && x >= .123456789);
        Assert.Equal(101, asked);
    }

    [Theory]
    [InlineData(1e-20, 1e-20)]
    [InlineData(1e-9, 9.999999995000000003e-10)]
    [InlineData(1e-3, 9.9950033308353316681e-4)]
    [InlineData(-.5, -.69314718055994530942)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    public void Log_of_one_plus_x_is_exact_where_one_plus_x_rounds(double x, double log) =>
        Assert.Equal(log, LogMath.LogOnePlus(x), Math.Abs(log) * 3e-16);

    [Fact]
    public void Sum_of_nothing_is_nothing()
    {
        Assert.Equal(double.NegativeInfinity, LogMath.AddExp(double.NegativeInfinity, double.NegativeInfinity));
        Assert.Equal(2, LogMath.AddExp(2, double.NegativeInfinity));
        Assert.Equal(double.NegativeInfinity, LogMath.SumExp([]));
        Assert.Equal(Math.Log(6), LogMath.SumExp([0, Math.Log(2), Math.Log(3)]), 1e-15);
    }

    [Theory]
    [InlineData(199, null)]
    [InlineData(200, 1)]
    public void Boundary_is_chosen_from_two_hundred_requests_on(double requests, int? boundary)
    {
        Assert.Equal(boundary, LatencyBoundary.Choose([150, 20, 1], requests, .5));
        Assert.Null(LatencyBoundary.Choose([], 1000, .5));
    }

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

    [Fact]
    public void Hash_of_a_name_is_the_same_on_every_machine_and_in_every_version()
    {
        Assert.Equal(17280346270528514342UL, NameHash.Of(""));
        Assert.Equal(16153566523450244965UL, NameHash.Of("pod-7"));
        Assert.Equal(16153566523450244965UL, NameHash.Of("pod-7"u8));
    }
}
