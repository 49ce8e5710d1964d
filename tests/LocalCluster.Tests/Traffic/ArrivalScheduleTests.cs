using Rollouts.LocalCluster.Traffic;

namespace Rollouts.LocalCluster.Tests.Traffic;

public sealed class ArrivalScheduleTests
{
    private const int Seed = 41;

    [Fact]
    public void The_same_seed_gives_the_same_arrivals_and_another_seed_others()
    {
        Assert.Equal(Ticks(Seed), Ticks(Seed));
        Assert.NotEqual(Ticks(Seed), Ticks(Seed + 1));
    }

    [Fact]
    public void How_often_one_looks_changes_no_total()
    {
        var rarely = new ArrivalSchedule(Seed, 500);
        var often = Ticks(Seed);

        Assert.Equal(often.Sum(), rarely.DueBy(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Arrivals_are_poisson_with_the_rate_asked_for()
    {
        // Counts of 10 ms at 500/s: mean 5, variance 5; both within five standard errors over 1000 windows.
        var counts = Ticks(Seed).ConvertAll(count => (double)count);
        var mean = counts.Average();
        var variance = counts.Sum(count => (count - mean) * (count - mean)) / (counts.Count - 1);

        Assert.InRange(mean, 5 - 5 * Math.Sqrt(5.0 / 1000), 5 + 5 * Math.Sqrt(5.0 / 1000));
        // Var of the sample variance of a Poisson(5): (mu4 - sigma^4)/n = (5 + 3*25 - 25)/1000.
        Assert.InRange(variance, 5 - 5 * Math.Sqrt(55.0 / 1000), 5 + 5 * Math.Sqrt(55.0 / 1000));
    }

    [Fact]
    public void No_rate_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new ArrivalSchedule(Seed, 0));

    private static List<int> Ticks(int seed)
    {
        var schedule = new ArrivalSchedule(seed, 500);
        return [.. Enumerable.Range(1, 1000).Select(tick => schedule.DueBy(TimeSpan.FromMilliseconds(10 * tick)))];
    }
}
