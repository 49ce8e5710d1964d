using System.Collections.Immutable;

using Rollouts.Analysis.Evidence;
using Rollouts.Analysis.Observation;

namespace Rollouts.Analysis.Metrics;

/// <summary>Requests slower than the boundary at a quantile of stable's past.</summary>
internal sealed record LatencyState : MetricState
{
    public required RatioMetric Ratio { get; init; }

    /// <summary>Stable's past requests slower than each finite boundary.</summary>
    public ImmutableArray<double> PastExceeded { get; init; } = [];

    public double PastRequests { get; init; }

    /// <summary>The canary's requests of this step slower than each finite boundary, for absolute limits.</summary>
    public ImmutableArray<double> CanaryExceeded { get; init; } = [];

    public double CanaryRequests { get; init; }

    /// <summary>Bounds of the finite buckets in seconds, as far as they are known.</summary>
    public ImmutableArray<double> BucketBounds { get; init; } = [];

    /// <summary>The boundary of the latest interval.</summary>
    public int? Boundary { get; init; }

    public override double GatedLogEvidence => Ratio.GatedLogEvidence;

    public override double LogEvidence => Ratio.Wealth.LogEvidence;

    public override bool IsGateOpen => Ratio.IsGateOpen;

    public override ArmCounts InStep => Ratio.InStep;

    public override bool Passes(double beta) => Ratio.Passes(beta);

    public override MetricState StartStep() =>
        this with { Ratio = Ratio.StartStep(), CanaryExceeded = [], CanaryRequests = 0 };

    /// <summary>
    /// The canary's requests of this step slower than a limit, which is rounded up to the next bound; also without
    /// stable.
    /// </summary>
    public BadOfAll CanarySlowerThan(double seconds)
    {
        for (var k = 0; k < BucketBounds.Length && k < CanaryExceeded.Length; k++)
        {
            if (BucketBounds[k] >= seconds)
            {
                return new BadOfAll(CanaryExceeded[k], CanaryRequests);
            }
        }

        return default;
    }

    public override MetricState Update(EvidenceInterval interval, int step)
    {
        var stableLength = LengthOf(interval.Stable);
        var length = stableLength > 0 ? stableLength : LengthOf(interval.Canary);
        if (length == 0)
        {
            return LatencyBoundary.Choose(PastExceeded.AsSpan(), PastRequests, Spec.Quantile) is null ? this
                : this with { Ratio = Ratio.Update([], [], step) };
        }

        var bounds = Spec.Source is null ? interval.BucketBounds
            : interval.OwnBounds.TryGetValue(Spec.Name, out var own) ? own : [];

        // Other buckets than before: what was learned about the old ones does not carry over.
        var isSame = length - 1 == PastExceeded.Length
            && (BucketBounds.IsEmpty || bounds.IsEmpty || BucketBounds.AsSpan().SequenceEqual(bounds.AsSpan()));
        var past = isSame ? PastExceeded : [.. new double[length - 1]];
        var requests = isSame ? PastRequests : 0;
        var boundary = LatencyBoundary.Choose(past.AsSpan(), requests, Spec.Quantile);
        var exceeded = past.ToArray();
        foreach (var pod in interval.Stable)
        {
            var buckets = BucketsOf(pod);
            if (buckets.Length == length)
            {
                AddExceeded(exceeded, buckets.AsSpan());
                requests += buckets[^1];
            }
        }

        var isSameCanary = isSame && CanaryExceeded.Length == exceeded.Length;
        var canaryExceeded = isSameCanary ? CanaryExceeded.ToArray() : new double[exceeded.Length];
        var canaryRequests = isSameCanary ? CanaryRequests : 0;
        foreach (var pod in interval.Canary)
        {
            var buckets = BucketsOf(pod);
            if (buckets.Length == length)
            {
                AddExceeded(canaryExceeded, buckets.AsSpan());
                canaryRequests += buckets[^1];
            }
        }

        return this with
        {
            CanaryExceeded = [.. canaryExceeded],
            CanaryRequests = canaryRequests,
            IsExported = IsExported || stableLength > 0,
            BucketBounds = bounds,
            Boundary = boundary,
            PastExceeded = [.. exceeded],
            PastRequests = requests,
            Ratio = boundary is { } k
                ? Ratio.Update(CountsOf(interval.Canary, k, length), CountsOf(interval.Stable, k, length), step)
                : Ratio,
        };
    }

    private ImmutableArray<double> BucketsOf(PodIncrease pod) => Spec.Source is null
        ? pod.Buckets
        : pod.Histograms.TryGetValue(Spec.Name, out var buckets) ? buckets : [];

    private int LengthOf(ImmutableArray<PodIncrease> pods)
    {
        foreach (var pod in pods)
        {
            if (BucketsOf(pod) is { IsEmpty: false } buckets)
            {
                return buckets.Length;
            }
        }

        return 0;
    }

    private PodCounts[] CountsOf(ImmutableArray<PodIncrease> pods, int boundary, int length)
    {
        var counts = new PodCounts[pods.Length];
        var count = 0;
        foreach (var pod in pods)
        {
            var buckets = BucketsOf(pod);
            if (buckets.Length == length)
            {
                counts[count++] = new PodCounts(pod.Pod, buckets[^1] - buckets[boundary], buckets[^1]);
            }
        }

        return count == counts.Length ? counts : counts[..count];
    }

    /// <summary>Adds the requests slower than each finite boundary.</summary>
    internal static void AddExceeded(Span<double> exceeded, ReadOnlySpan<double> cumulative)
    {
        for (var k = 0; k < exceeded.Length; k++)
        {
            exceeded[k] += cumulative[^1] - cumulative[k];
        }
    }
}
