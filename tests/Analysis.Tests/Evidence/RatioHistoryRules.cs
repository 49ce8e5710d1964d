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

    private static (ArmCounts[] Entries, int[] Steps) Copied(RatioHistory history)
    {
        var entries = new ArmCounts[history.Count];
        var steps = new int[history.Count];
        history.CopyTo(entries, steps);
        return (entries, steps);
    }
}
