using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

public sealed class RatioBoundsRules
{
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
