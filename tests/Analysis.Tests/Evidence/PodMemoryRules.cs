using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

/// <summary>Which stable pods are remembered, and for how long.</summary>
public sealed class PodMemoryRules
{
    [Fact]
    public void Interval_without_exposure_teaches_nothing_but_the_time()
    {
        var before = PodNoise.Nothing.Update([new("a", 4, 10), new("b", 1, 40)]);
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
        for (var i = 0; i < 59; i++)
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
    public void The_latest_are_kept_also_where_their_names_run_the_other_way()
    {
        var noise = PodNoise.Nothing;
        for (var i = 80; i > 0; i -= 2)
        {
            noise = noise.Update([new($"s{i - 1:000}", 1, 10), new($"s{i:000}", 2, 10)]);
        }

        Assert.Equal(Enumerable.Range(1, 64).Select(i => $"s{i:000}"), noise.Pods.Select(pod => pod.Pod));
    }

    [Fact]
    public void Of_pods_that_were_seen_last_at_the_same_time_all_are_forgotten_or_none()
    {
        PodCounts[] Pods(int from, int count) =>
            [.. Enumerable.Range(from, count).Select(i => new PodCounts($"s{i:000}", 1, 10))];
        var noise = PodNoise.Nothing.Update(Pods(0, 40)).Update(Pods(40, 40)).Update(Pods(80, 10));
        Assert.Equal(Enumerable.Range(40, 50).Select(i => $"s{i:000}"), noise.Pods.Select(pod => pod.Pod));
    }
}
