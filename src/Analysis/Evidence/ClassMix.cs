namespace Rollouts.Analysis.Evidence;

/// <summary>Arithmetic on class counts.</summary>
internal static class ClassMix
{
    /// <summary>The log e-variable of one interval given the past; null without requests on both arms.</summary>
    public static double? LogEvidence(
        ReadOnlySpan<double> pastCanary,
        ReadOnlySpan<double> pastStable,
        ReadOnlySpan<double> canary,
        ReadOnlySpan<double> stable,
        double priorRequests)
    {
        double nowCanary = Sum(canary), nowStable = Sum(stable);
        if (nowCanary <= 0 || nowStable <= 0)
        {
            return null;
        }

        double totalCanary = Sum(pastCanary), totalStable = Sum(pastStable);
        var canaryShare = nowCanary / (nowCanary + nowStable);
        var stableShare = nowStable / (nowCanary + nowStable);
        var log = 0.0;
        for (var j = 0; j < canary.Length; j++)
        {
            var expected = (pastStable[j] + .5) / (totalStable + (.5 * canary.Length));
            var shift = (pastCanary[j] - (totalCanary * expected)) / (totalCanary + priorRequests);
            var common = expected + (canaryShare * shift);
            log += (canary[j] * LogMath.LogOnePlus(stableShare * shift / common))
                + (stable[j] * LogMath.LogOnePlus(-canaryShare * shift / common));
        }

        return log;
    }

    /// <summary>Observed and expected squares of the stable pods' class counts around their common mix.</summary>
    public static (double Observed, double Expected) Dispersion(
        ReadOnlySpan<PodClasses> pods, ReadOnlySpan<double> total)
    {
        var requests = Sum(total);
        if (pods.Length < PodNoise.FewestPodsForClustering || requests <= 0)
        {
            return (0, 0);
        }

        double observed = 0, expected = 0;
        foreach (var pod in pods)
        {
            var own = Sum(pod.Counts.AsSpan());
            for (var j = 0; j < total.Length; j++)
            {
                var ratio = total[j] / requests;
                var count = j < pod.Counts.Length ? pod.Counts[j] : 0;
                observed += (count - (own * ratio)) * (count - (own * ratio));
                expected += own * (1 - (own / requests)) * ratio * (1 - ratio);
            }
        }

        return (observed, expected);
    }

    /// <summary>
    /// How far a mix lies from a reference, as the square root of chi-square per request freed of sampling noise.
    /// </summary>
    /// <param name="isPart">The counts are part of the reference and are taken out of it first.</param>
    /// <param name="phi">Clustering by which the sampling noise is larger than multinomial.</param>
    /// <returns>The estimate, and the standard deviation that sampling gives it.</returns>
    public static (double Estimate, double Deviation) Divergence(
        ReadOnlySpan<double> counts, ReadOnlySpan<double> reference, bool isPart, double phi)
    {
        var own = Sum(counts);
        var others = Sum(reference) - (isPart ? own : 0);
        if (own <= 0 || others <= 0)
        {
            return (0, 0);
        }

        var chiSquare = 0.0;
        var degrees = -1;
        for (var j = 0; j < reference.Length; j++)
        {
            var count = j < counts.Length ? counts[j] : 0;
            var expected = (reference[j] - (isPart ? count : 0) + .5) / (others + (.5 * reference.Length));
            if (reference[j] > 0 || count > 0)
            {
                chiSquare += (count - (own * expected)) * (count - (own * expected)) / (own * expected);
                degrees++;
            }
        }

        var inflation = phi * (1 + (own / others));
        var noise = inflation * Math.Max(1, degrees);
        return (Math.Sqrt(Math.Max(0, chiSquare - noise) / own), Math.Sqrt(inflation / own));
    }

    public static double Distance(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        double leftTotal = Sum(left), rightTotal = Sum(right);
        if (leftTotal <= 0 || rightTotal <= 0)
        {
            return 0;
        }

        var distance = 0.0;
        for (var j = 0; j < left.Length; j++)
        {
            distance += Math.Abs((left[j] / leftTotal) - (right[j] / rightTotal));
        }

        return distance / 2;
    }

    /// <summary>A copy with <paramref name="length"/> classes; new ones are empty.</summary>
    public static double[] Widened(ReadOnlySpan<double> counts, int length)
    {
        var copy = new double[length];
        counts.CopyTo(copy);
        return copy;
    }

    /// <summary>The first classes, where everything from <paramref name="length"/> on is added to the first.</summary>
    public static double[] Folded(ReadOnlySpan<double> counts, int length)
    {
        var folded = counts[..length].ToArray();
        for (var j = length; j < counts.Length; j++)
        {
            folded[0] += counts[j];
        }

        return folded;
    }

    public static void AddTo(Span<double> total, ReadOnlySpan<double> counts)
    {
        for (var j = 0; j < counts.Length; j++)
        {
            total[j] += counts[j];
        }
    }

    private static double Sum(ReadOnlySpan<double> counts)
    {
        var sum = 0.0;
        foreach (var count in counts)
        {
            sum += count;
        }

        return sum;
    }
}
