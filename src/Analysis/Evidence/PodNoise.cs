using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Rollouts.Analysis.Evidence;

/// <summary>What stable pods teach about noise: clustering, slow noise, and how much pods differ; immutable.</summary>
/// <remarks>
/// Bounded: learns from at most <see cref="MostPods"/> stable pods, those with the smallest hashes of their names; a
/// pod without exposure for <see cref="ForgetAfterIntervals"/> intervals is folded into the pooled moments and
/// forgotten. See docs/statistics.md, section 3.
/// </remarks>
internal sealed record PodNoise
{
    public const int MostPods = 64;
    public const int ForgetAfterIntervals = 60;
    public const int FewestPodsForClustering = 3;
    private const int FewestPodsForDifferences = 4;
    private const double LargestTolerance = 5;
    private const double LargestVariance = 4;
    private const double LargestCorrelation = 19.0 / 21.0;
    private const double SignificanceInDeviations = .5;

    /// <summary>
    /// Of the square of the bad events in all: below it excesses vary by the rounding of doubles alone, which follows
    /// itself in ways that are no noise of a pod.
    /// </summary>
    private const double RoundingVariance = 1e-26;

    public static readonly PodNoise Nothing = new();

    public ImmutableArray<PodMoments> Pods { get; init; } = [];

    public long Interval { get; init; }

    public double ObservedSquares { get; init; }

    public double ExpectedSquares { get; init; }

    /// <summary>Centred sums of the pods that were forgotten.</summary>
    public double FoldedCovariance { get; init; }

    public double FoldedVariance { get; init; }

    public long FoldedPairs { get; init; }

    /// <summary>Clustering of bad events, at least 1: variance over its value if events were independent.</summary>
    public double Phi => Math.Max(1, (ObservedSquares + 10) / (ExpectedSquares + 10));

    /// <summary>Clustering as the Pass test takes it: prior 3, worth five events.</summary>
    public double PassPhi => Math.Max(1, (ObservedSquares + 15) / (ExpectedSquares + 5));

    /// <summary>
    /// The power that slow noise leaves of each interval's factor: one over the integrated autocorrelation time.
    /// </summary>
    public double Discount()
    {
        double covariance = FoldedCovariance, variance = FoldedVariance, bad = 0;
        var pairs = FoldedPairs;
        foreach (ref readonly var pod in Pods.AsSpan())
        {
            covariance += pod.Covariance;
            variance += pod.Variance;
            pairs += pod.Pairs;
            bad += pod.Bad;
        }

        if (pairs == 0 || variance <= RoundingVariance * bad * bad)
        {
            return 1;
        }

        var correlation = Math.Clamp((covariance / variance) - (2 / Math.Sqrt(pairs)), 0, LargestCorrelation);
        return (1 - correlation) / (1 + correlation);
    }

    /// <summary>Variance of the pods' true log ratios, in [0, 4]; 0 with fewer than four stable pods.</summary>
    /// <remarks>
    /// Source: DerSimonian and Laird (1986), Controlled Clinical Trials 7, 177-188, on cumulative pod totals.
    /// </remarks>
    public double PodVariance()
    {
        double bad = 0, exposure = 0;
        foreach (ref readonly var pod in Pods.AsSpan())
        {
            bad += pod.Bad;
            exposure += pod.Exposure;
        }

        var pods = PodsWithExposure;
        if (pods < FewestPodsForDifferences)
        {
            return 0;
        }

        var ratio = bad / exposure;
        if (ratio is not (> 0 and < 1))
        {
            return 0;
        }

        double spread = 0, weights = 0, squaredWeights = 0;
        var phi = Phi;
        foreach (ref readonly var pod in Pods.AsSpan())
        {
            if (pod.Exposure <= 0)
            {
                continue;
            }

            var expected = pod.Exposure * ratio;
            var weight = expected / (1 - ratio) / phi;
            spread += (pod.Bad - expected) * (pod.Bad - expected) / (expected * (1 - ratio)) / phi;
            weights += weight;
            squaredWeights += weight * weight;
        }

        var degrees = pods - 1;
        var excess = spread - degrees - (SignificanceInDeviations * Math.Sqrt(2.0 * degrees));
        var scale = weights - (squaredWeights / weights);
        return excess > 0 && scale > 0 ? Math.Min(LargestVariance, excess / scale) : 0;
    }

    /// <summary>
    /// The tolerance line, widened as far as stable pods differ among themselves; at most 5, never below <paramref
    /// name="rho"/>.
    /// </summary>
    public double Tolerance(double rho, int canaryPods)
    {
        var variance = canaryPods > 0 ? PodVariance() : 0;
        if (variance <= 0)
        {
            return rho;
        }

        var pods = PodsWithExposure;
        var quantile = StudentT.Quantile(StudentT.Normal995, pods - 1);
        var widened = Math.Exp(quantile * Math.Sqrt(variance * ((1.0 / canaryPods) + (1.0 / pods))));
        return Math.Max(rho, Math.Min(LargestTolerance, widened));
    }

    private int PodsWithExposure
    {
        get
        {
            var count = 0;
            foreach (ref readonly var pod in Pods.AsSpan())
            {
                count += pod.Exposure > 0 ? 1 : 0;
            }

            return count;
        }
    }

    /// <summary>Learns from the stable pods of one interval, sorted by name.</summary>
    public PodNoise Update(ReadOnlySpan<PodCounts> stable)
    {
        var chosen = stable.Length > MostPods ? SmallestHashes(stable) : stable;
        double bad = 0, exposure = 0;
        foreach (var pod in chosen)
        {
            bad += pod.Bad;
            exposure += pod.Exposure;
        }

        var next = this with { Interval = Interval + 1 };
        return exposure <= 0 ? next : next.Learn(chosen, bad, exposure);
    }

    /// <summary>
    /// A pod without exposure in an interval in which others have some was at its fair share: nothing.
    /// </summary>
    private PodNoise Learn(ReadOnlySpan<PodCounts> stable, double bad, double exposure)
    {
        var ratio = bad / exposure;
        double observed = 0, expected = 0;
        var countsClusters = stable.Length >= FewestPodsForClustering && ratio > 0;
        var merged = new PodMoments[Pods.Length + stable.Length];
        int known = 0, count = 0;
        foreach (var pod in stable)
        {
            // Multiplied before divided: pods that are alike then differ by nothing, and not by a rounding error.
            var excess = pod.Bad - (bad * pod.Exposure / exposure);
            if (countsClusters)
            {
                observed += excess * excess;
                expected += pod.Exposure * (1 - (pod.Exposure / exposure)) * ratio * (1 - ratio);
            }

            while (known < Pods.Length && string.CompareOrdinal(Pods[known].Pod, pod.Pod) < 0)
            {
                merged[count++] = Pods[known++];
            }

            var isKnown = known < Pods.Length && Pods[known].Pod == pod.Pod;
            merged[count++] = isKnown ? Pods[known++].Next(pod, excess, Interval)
                : PodMoments.First(pod, excess, Interval);
        }

        while (known < Pods.Length)
        {
            merged[count++] = Pods[known++];
        }

        var learned = this with
        {
            ObservedSquares = ObservedSquares + observed,
            ExpectedSquares = ExpectedSquares + expected,
        };
        return learned.Remember(merged.AsSpan(0, count));
    }

    /// <summary>Keeps the pods that were seen lately, folds the others.</summary>
    private PodNoise Remember(Span<PodMoments> pods)
    {
        var oldest = OldestKept(pods);
        double covariance = FoldedCovariance, variance = FoldedVariance;
        var pairs = FoldedPairs;
        var kept = 0;
        foreach (var pod in pods)
        {
            if (pod.LastSeen >= oldest)
            {
                pods[kept++] = pod;
                continue;
            }

            covariance += pod.Covariance;
            variance += pod.Variance;
            pairs += pod.Pairs;
        }

        return this with
        {
            Pods = ImmutableCollectionsMarshal.AsImmutableArray(pods[..kept].ToArray()),
            FoldedCovariance = covariance,
            FoldedVariance = variance,
            FoldedPairs = pairs,
        };
    }

    /// <summary>
    /// The interval before which a pod is forgotten: absent for 60, or for less where more than 64 pods came and went.
    /// </summary>
    private long OldestKept(ReadOnlySpan<PodMoments> pods)
    {
        var oldest = Interval - ForgetAfterIntervals + 1;
        if (pods.Length <= MostPods)
        {
            return oldest;
        }

        var seen = new long[pods.Length];
        for (var i = 0; i < pods.Length; i++)
        {
            seen[i] = pods[i].LastSeen;
        }

        Array.Sort(seen);
        var candidate = seen[pods.Length - MostPods];
        return Math.Max(oldest, seen[pods.Length - MostPods - 1] == candidate ? candidate + 1 : candidate);
    }

    private static PodCounts[] SmallestHashes(ReadOnlySpan<PodCounts> stable)
    {
        var pods = stable.ToArray();
        var hashes = new ulong[pods.Length];
        for (var i = 0; i < pods.Length; i++)
        {
            hashes[i] = NameHash.Of(pods[i].Pod);
        }

        Array.Sort(hashes, pods);
        var chosen = pods[..MostPods];
        Array.Sort(chosen, static (left, right) => string.CompareOrdinal(left.Pod, right.Pod));
        return chosen;
    }
}
