using Rollouts.LocalCluster.Pods;

namespace Rollouts.LocalCluster.Tests.Pods;

public sealed class RestartBackOffTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 4)]
    [InlineData(7, 32)]
    [InlineData(8, 60)]
    [InlineData(1000, 60)]
    public void The_first_restart_is_immediate_and_the_wait_doubles_up_to_the_longest(int crashCount, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RestartBackOff.Local.DelayAfter(crashCount));

    [Fact]
    public void There_is_no_wait_before_the_first_crash() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RestartBackOff.Local.DelayAfter(0));
}
