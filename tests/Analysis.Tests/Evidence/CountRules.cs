using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

public sealed class CountRules
{
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
}
