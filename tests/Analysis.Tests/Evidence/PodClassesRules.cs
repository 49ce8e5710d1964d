using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

public sealed class PodClassesRules
{
    [Fact]
    public void Pods_are_remembered_for_sixty_intervals_and_never_more_than_64()
    {
        var known = PodClasses.Merge([], [new("a", [1]), new("b", [1, 2])], 1);
        known = PodClasses.Merge(known, [new("a", [1, 1])], 2);
        Assert.Equal([2.0, 1], known[0].Counts);
        Assert.Equal([1.0, 2], known[1].Counts);
        known = PodClasses.Merge(known, [new("a", [3])], 60);
        Assert.Equal(["a", "b"], known.Select(pod => pod.Pod));
        Assert.Equal([5.0, 1], known[0].Counts);
        Assert.Equal(["a"], PodClasses.Merge(known, [new("a", [1])], 61).Select(pod => pod.Pod));

        PodClasses[] many = [.. Enumerable.Range(0, 64).Select(i => new PodClasses($"s{i:00}", [1]))];
        Assert.Equal(64, PodClasses.Merge([], many, 1).Length);
        var merged = PodClasses.Merge(PodClasses.Merge([], many, 1), [new("new", [1])], 2);
        var dropped = many.OrderBy(pod => NameHash.Of(pod.Pod)).Last().Pod;
        Assert.Equal(
            many.Select(pod => pod.Pod).Append("new").Where(pod => pod != dropped).Order(StringComparer.Ordinal),
            merged.Select(pod => pod.Pod));
    }
}
