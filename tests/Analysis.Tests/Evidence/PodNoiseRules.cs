using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

/// <summary>What stable pods teach.</summary>
public sealed class PodNoiseRules
{
    private static readonly (double Bad, double Exposure)[] Unlike =
        [(40, 100), (10, 400), (5, 50), (90, 300), (2, 30)];

    [Fact]
    public void Differences_of_pods_with_unlike_load_follow_DerSimonian_and_Laird()
    {
        var noise = Learned(Unlike, intervals: 50);
        var theta = Unlike.Sum(pod => pod.Bad) / Unlike.Sum(pod => pod.Exposure);
        var phi = noise.Phi;
        var q = Unlike.Sum(pod =>
            Math.Pow(pod.Bad - (pod.Exposure * theta), 2) / (pod.Exposure * theta * (1 - theta))) / phi;
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

    /// <summary>What pods with these totals teach over a number of even intervals.</summary>
    private static PodNoise Learned((double Bad, double Exposure)[] pods, int intervals = 1)
    {
        PodCounts[] counts =
            [.. pods.Select((pod, i) => new PodCounts($"p{i}", pod.Bad / intervals, pod.Exposure / intervals))];
        return Enumerable.Range(0, intervals).Aggregate(PodNoise.Nothing, (noise, _) => noise.Update(counts));
    }
}
