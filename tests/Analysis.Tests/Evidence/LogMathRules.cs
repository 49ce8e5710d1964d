using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

public sealed class LogMathRules
{
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
}
