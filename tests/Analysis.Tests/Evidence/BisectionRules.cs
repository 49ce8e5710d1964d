using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

public sealed class BisectionRules
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
}
