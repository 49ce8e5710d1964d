using System.Collections.Immutable;

using Rollouts.Analysis.Evidence;
using Rollouts.Analysis.Observation;

namespace Rollouts.Analysis.Metrics;

/// <summary>A gauge's slope, one number a pod, looked at four times; advisory, and no part of alpha.</summary>
/// <remarks>
/// Looks at 5, 10, 20 and 40 minutes after a warm-up of 120 s. Raised when the canary pods' mean Theil-Sen slope of 60
/// s medians exceeds the stable pods' by Student's t at 1 % over four looks, and an hour of it is at least the gate's
/// share of the level. Source: docs/statistics.md, section 6. With fewer than five stable pods it never speaks.
/// </remarks>
internal sealed record GaugeState : MetricState
{
    private const double HourSeconds = 3600;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(120);
    private static readonly ImmutableArray<TimeSpan> LookAfter =
        [TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(40)];

    /// <summary>When both arms were first seen.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public int Looks { get; init; }

    public ImmutableArray<GaugeSeries> Canary { get; init; } = [];

    public ImmutableArray<GaugeSeries> Stable { get; init; } = [];

    /// <summary>What the latest look found.</summary>
    public bool IsRaised { get; init; }

    /// <summary>The slope leads to a canary container's memory limit within an hour.</summary>
    public bool ReachesLimit { get; init; }

    /// <summary>Mean slopes per second at the latest look.</summary>
    public double CanarySlope { get; init; }

    public double StableSlope { get; init; }

    public override double GatedLogEvidence => double.NegativeInfinity;

    public override double LogEvidence => 0;

    public override bool IsGateOpen => IsRaised;

    public override ArmCounts InStep => default;

    public override bool Passes(double beta) => true;

    public override MetricState StartStep() => this;

    public override MetricState Update(EvidenceInterval interval, int step)
    {
        var next = this with
        {
            IsExported = IsExported || interval.Stable.Any(pod => pod.Gauges.ContainsKey(Spec.Name)),
            Canary = GaugeSeries.Update(Canary, interval.Canary, Spec.Name, interval.At),
            Stable = GaugeSeries.Update(Stable, interval.Stable, Spec.Name, interval.At),
        };
        if (next.StartedAt is null && next.Canary.Length > 0 && next.Stable.Length > 0)
        {
            next = next with { StartedAt = interval.At };
        }

        return next.Looks < LookAfter.Length && interval.At - next.StartedAt >= WarmUp + LookAfter[next.Looks]
            ? next.Look(interval)
            : next;
    }

    private GaugeState Look(EvidenceInterval interval)
    {
        var canary = Slopes(Canary);
        var stable = Slopes(Stable);
        var looked = this with { Looks = Looks + 1 };
        if (GaugeTest.Compare(canary, stable) is not var (t, critical))
        {
            return looked;
        }

        var slope = canary.Average();
        var level = Stable.Average(series => series.Level);
        var isRaised = t >= critical && slope * HourSeconds >= Spec.Gate * Math.Abs(level);
        return looked with
        {
            IsRaised = isRaised,
            CanarySlope = slope,
            StableSlope = stable.Average(),
            ReachesLimit = isRaised && interval.Canary.Any(pod => pod.MemoryLimitBytes is { } limit
                && pod.Gauges.TryGetValue(Spec.Name, out var reading) && reading + (slope * HourSeconds) >= limit),
        };
    }

    private static double[] Slopes(ImmutableArray<GaugeSeries> pods) =>
        [.. pods.Where(series => series.Medians.Length >= GaugeSeries.FewestMedians).Select(series => series.Slope)];
}
