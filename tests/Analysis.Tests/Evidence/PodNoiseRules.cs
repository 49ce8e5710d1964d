using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

public sealed class PodNoiseRules
{
    private static readonly (double Bad, double Exposure)[] Unlike = [(40, 100), (10, 400), (5, 50), (90, 300), (2, 30)];

    [Fact]
    public void Differences_of_pods_with_unlike_load_follow_DerSimonian_and_Laird()
    {
        var noise = Learned(Unlike, intervals: 50);
        var theta = Unlike.Sum(pod => pod.Bad) / Unlike.Sum(pod => pod.Exposure);
        var phi = noise.Phi;
        var q = Unlike.Sum(pod => Math.Pow(pod.Bad - (pod.Exposure * theta), 2) / (pod.Exposure * theta * (1 - theta))) / phi;
        var weights = Unlike.Select(pod => pod.Exposure * theta / (1 - theta) / phi).ToArray();
        var c = weights.Sum() - (weights.Sum(weight => weight * weight) / weights.Sum());
        Assert.Equal((q - 4 - (.5 * Math.Sqrt(8))) / c, noise.PodVariance(), 1e-12);
        Assert.InRange(noise.PodVariance(), .01, 3.9);
    }

    [Fact]
    public void Clustering_is_observed_over_expected_squares_with_a_prior()
    {
        var noise = Learned(Unlike);
        double total = Unlike.Sum(pod => pod.Exposure), theta = Unlike.Sum(pod => pod.Bad) / total;
        var observed = Unlike.Sum(pod => Math.Pow(pod.Bad - (pod.Exposure * theta), 2));
        var expected = Unlike.Sum(pod => pod.Exposure * (1 - (pod.Exposure / total)) * theta * (1 - theta));
        Assert.Equal((observed + 10) / (expected + 10), noise.Phi, 1e-9);
        Assert.Equal((observed + 15) / (expected + 5), noise.PassPhi, 1e-9);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void Two_pods_say_nothing_about_clustering_and_three_do(int pods, bool speaks) =>
        Assert.Equal(speaks, Learned(Unlike[..pods]).ExpectedSquares > 0);

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void Three_pods_say_nothing_about_differences_and_four_do(int pods, bool speaks)
    {
        var noise = Learned(Unlike[..pods], intervals: 50);
        Assert.Equal(speaks, noise.PodVariance() > 0);
        Assert.Equal(speaks, noise.Tolerance(1.5, 1) > 1.5);
        Assert.Equal(1.5, noise.Tolerance(1.5, 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Pods_of_which_all_or_no_requests_are_bad_do_not_differ(double ratio)
    {
        var noise = Learned([.. Enumerable.Repeat((ratio * 50, 50.0), 5)]);
        Assert.Equal(0, noise.PodVariance());
        Assert.Equal(1, noise.Phi);
    }

    [Fact]
    public void Pod_without_exposure_counts_neither_as_a_pod_nor_as_a_difference()
    {
        var without = Learned(Unlike[..4], intervals: 50);
        var with = Learned([.. Unlike[..4], (0, 0)], intervals: 50);
        Assert.Equal(without.PodVariance(), with.PodVariance());
        Assert.Equal(without.Tolerance(1.5, 2), with.Tolerance(1.5, 2));
        Assert.Equal(0, Learned([.. Unlike[..3], (0, 0)], intervals: 50).PodVariance());
    }

    [Fact]
    public void Interval_without_exposure_teaches_nothing_but_the_time()
    {
        var before = Learned(Unlike);
        var after = before.Update([new PodCounts("a", 0, 0), new PodCounts("b", 0, 0)]);
        Assert.Equal(before.Interval + 1, after.Interval);
        Assert.Equal(before.Pods.AsEnumerable(), after.Pods);
    }

    [Fact]
    public void Pods_that_come_and_go_stay_in_order_and_keep_their_own_totals()
    {
        var noise = PodNoise.Nothing
            .Update([new("b", 1, 10), new("d", 2, 10)])
            .Update([new("a", 3, 10), new("c", 4, 10), new("e", 5, 10)])
            .Update([new("a", 1, 10), new("d", 1, 10)]);
        Assert.Equal(
            [("a", 4, 20), ("b", 1, 10), ("c", 4, 10), ("d", 3, 20), ("e", 5, 10)],
            noise.Pods.Select(pod => (pod.Pod, pod.Bad, pod.Exposure)));
        Assert.Equal([1, 0, 0, 1, 0], noise.Pods.Select(pod => pod.Pairs));
    }

    [Fact]
    public void Pod_that_is_gone_for_sixty_intervals_is_forgotten_and_what_it_taught_stays()
    {
        var noise = PodNoise.Nothing;
        for (var i = 0; i < 10; i++)
        {
            noise = noise.Update([new("a", i % 3, 10), new("b", 1, 10)]);
        }

        var gone = noise.Pods[0];
        for (var i = 0; i < 60; i++)
        {
            noise = noise.Update([new("b", 1, 10), new("c", i % 2, 10)]);
        }

        Assert.Equal(["a", "b", "c"], noise.Pods.Select(pod => pod.Pod));
        noise = noise.Update([new("b", 1, 10), new("c", 1, 10)]);
        Assert.Equal(["b", "c"], noise.Pods.Select(pod => pod.Pod));
        Assert.Equal((gone.Pairs, gone.Variance), (noise.FoldedPairs, noise.FoldedVariance));
        Assert.Equal(gone.Covariance, noise.FoldedCovariance);
    }

    [Fact]
    public void Never_learns_from_more_than_64_pods_and_always_from_the_same_ones()
    {
        PodCounts[] all = [.. Enumerable.Range(0, 100).Select(i => new PodCounts($"s{i:000}", i % 5, 100))];
        var chosen = all.OrderBy(pod => NameHash.Of(pod.Pod)).Take(64).Select(pod => pod.Pod).Order().ToArray();
        var noise = PodNoise.Nothing.Update(all).Update(all);
        Assert.Equal(chosen, noise.Pods.Select(pod => pod.Pod));
        Assert.All(noise.Pods, pod => Assert.Equal(200, pod.Exposure));
    }

    [Fact]
    public void Of_more_than_64_pods_one_after_the_other_the_latest_are_kept()
    {
        var noise = PodNoise.Nothing;
        for (var i = 0; i < 80; i += 2)
        {
            noise = noise.Update([new($"s{i:000}", 1, 10), new($"s{i + 1:000}", 2, 10)]);
        }

        Assert.Equal(Enumerable.Range(16, 64).Select(i => $"s{i:000}"), noise.Pods.Select(pod => pod.Pod));
        noise = noise.Update([new("s080", 1, 10)]);
        Assert.Equal(Enumerable.Range(18, 63).Select(i => $"s{i:000}"), noise.Pods.Select(pod => pod.Pod));
    }

    [Fact]
    public void Slow_noise_discounts_and_alternating_noise_does_not()
    {
        Assert.Equal(1, Waves(period: 2).Discount());
        Assert.Equal(1 / 20.0, Waves(period: 400).Discount(), 1e-9);
        Assert.InRange(Waves(period: 12).Discount(), .06, .5);
        Assert.Equal(1, PodNoise.Nothing.Discount());
    }

    private static PodNoise Waves(int period)
    {
        var noise = PodNoise.Nothing;
        for (var i = 0; i < 400; i++)
        {
            var high = i % period < period / 2 ? 8 : 0;
            noise = noise.Update([new("a", high, 100), new("b", 8 - high, 100), new("c", 4, 100)]);
        }

        return noise;
    }

    /// <summary>What pods with these totals teach over a number of even intervals.</summary>
    private static PodNoise Learned((double Bad, double Exposure)[] pods, int intervals = 1)
    {
        PodCounts[] counts =
            [.. pods.Select((pod, i) => new PodCounts($"p{i}", pod.Bad / intervals, pod.Exposure / intervals))];
        return Enumerable.Range(0, intervals).Aggregate(PodNoise.Nothing, (noise, _) => noise.Update(counts));
    }
}
