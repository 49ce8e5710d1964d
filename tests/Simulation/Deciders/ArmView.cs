using System.Collections.Immutable;

using Rollouts.Analysis.Observation;

namespace Rollouts.Simulation.Deciders;

/// <summary>One interval with the pods of each arm summed, as a metrics server would show it.</summary>
internal sealed class ArmView
{
    private ArmView(
        ImmutableArray<PodIncrease> canary, ImmutableArray<PodIncrease> stable, ImmutableArray<double> bounds)
    {
        Canary = new ArmTotals(canary, bounds);
        Stable = new ArmTotals(stable, bounds);
    }

    public ArmTotals Canary { get; }

    public ArmTotals Stable { get; }

    public static ArmView Of(EvidenceInterval interval) => new(interval.Canary, interval.Stable, interval.BucketBounds);
}

/// <summary>Totals of one arm over an interval or a window of them; immutable.</summary>
internal sealed class ArmTotals
{
    private readonly double[] _buckets;
    private readonly ImmutableArray<double> _bounds;

    public ArmTotals(ImmutableArray<PodIncrease> pods, ImmutableArray<double> bounds)
    {
        _bounds = bounds;
        _buckets = new double[bounds.Length + 1];
        foreach (var pod in pods)
        {
            Requests += pod.Requests ?? 0;
            Errors += pod.Errors ?? 0;
            for (var k = 0; k < _buckets.Length; k++)
            {
                _buckets[k] += pod.Buckets[k];
            }
        }
    }

    private ArmTotals(ArmTotals left, ArmTotals right)
    {
        _bounds = left._bounds;
        _buckets = [.. left._buckets.Zip(right._buckets, (x, y) => x + y)];
        Requests = left.Requests + right.Requests;
        Errors = left.Errors + right.Errors;
    }

    public double Requests { get; }

    public double Errors { get; }

    /// <summary>Errors per request; NaN without requests.</summary>
    public double ErrorRatio => Errors / Requests;

    /// <summary>This and what came before it, if anything did.</summary>
    public ArmTotals After(ArmTotals? before) => before is null ? this : new ArmTotals(before, this);

    /// <summary>Requests slower than a bound.</summary>
    public double SlowerThan(double seconds) => Requests - _buckets[_bounds.IndexOf(seconds)];

    /// <summary>
    /// A quantile by linear interpolation within its bucket, as PromQL's histogram_quantile; NaN without requests.
    /// </summary>
    public double Quantile(double q)
    {
        var rank = q * _buckets[^1];
        for (var k = 0; k < _bounds.Length; k++)
        {
            if (_buckets[k] >= rank && _buckets[^1] > 0)
            {
                double below = k == 0 ? 0 : _buckets[k - 1], from = k == 0 ? 0 : _bounds[k - 1];
                return from + ((_bounds[k] - from) * (rank - below) / Math.Max(1, _buckets[k] - below));
            }
        }

        return _buckets[^1] > 0 ? _bounds[^1] : double.NaN;
    }
}
