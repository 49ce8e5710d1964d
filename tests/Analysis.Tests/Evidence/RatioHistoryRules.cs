using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

public sealed class RatioHistoryRules
{
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
        Assert.Equal((0, 1, 100, 203),
            (entries[0].CanaryBad - 1, steps[51], entries[50].CanaryBad, entries[51].CanaryBad));
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
