using System.Collections.Immutable;

namespace Rollouts.Analysis.Evidence;

/// <summary>One pod's class counts.</summary>
/// <param name="LastSeen">Number of the interval in which the pod was last seen.</param>
internal readonly record struct PodClasses(string Pod, ImmutableArray<double> Counts, long LastSeen = 0)
{
    /// <summary>
    /// Adds one interval to the totals of the pods, both sorted by name; bounded like <see cref="PodNoise"/>.
    /// </summary>
    public static ImmutableArray<PodClasses> Merge(
        ImmutableArray<PodClasses> known, ReadOnlySpan<PodClasses> now, long interval)
    {
        var totals = new SortedDictionary<string, PodClasses>(StringComparer.Ordinal);
        foreach (var pod in known)
        {
            if (pod.LastSeen > interval - PodNoise.ForgetAfterIntervals)
            {
                totals[pod.Pod] = pod;
            }
        }

        foreach (var pod in now)
        {
            var sum = ClassMix.Widened(pod.Counts.AsSpan(), pod.Counts.Length);
            if (totals.TryGetValue(pod.Pod, out var past))
            {
                sum = ClassMix.Widened(past.Counts.AsSpan(), Math.Max(sum.Length, past.Counts.Length));
                ClassMix.AddTo(sum, pod.Counts.AsSpan());
            }

            totals[pod.Pod] = new PodClasses(pod.Pod, [.. sum], interval);
        }

        return totals.Count <= PodNoise.MostPods
            ? [.. totals.Values]
            : [.. totals.Values.OrderByDescending(pod => pod.LastSeen).ThenBy(pod => NameHash.Of(pod.Pod))
                .Take(PodNoise.MostPods).OrderBy(pod => pod.Pod, StringComparer.Ordinal)];
    }
}
