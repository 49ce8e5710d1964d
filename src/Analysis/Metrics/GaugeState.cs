using System.Collections.Immutable;

using Rollouts.Analysis.Evidence;
using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Metrics;

/// <summary>A gauge's slope or level, one number a pod, looked at four times; advisory, and no part of alpha.</summary>
/// <remarks>
/// Looks at 5, 10, 20 and 40 minutes after a warm-up of 120 s. Raised when the canary pods' mean exceeds the stable
/// pods' by Student's t at 1 % over four looks, and the effect is at least the gate's share of stable's level: an hour
/// of the canary's slope, or the difference of the levels. A slope is Theil-Sen's over medians of 60 s. Source:
/// docs/statistics.md, section 6. With fewer than five stable pods it never speaks.
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

    /// <summary>Means over the pods at the latest look: slopes per second, or levels.</summary>
    public double CanaryMean { get; init; }

    public double StableMean { get; init; }

    public override double GatedLogEvidence => double.NegativeInfinity;

    public override double LogEvidence => 0;

    public override bool IsGateOpen => IsRaised;

    public override ArmCounts InStep => default;

    public override bool HasSeenCanaryInStep => !Canary.IsEmpty;

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
        var canary = NumbersOf(Canary);
        var stable = NumbersOf(Stable);
        var looked = this with { Looks = Looks + 1 };
        if (GaugeTest.Compare(canary, stable) is not var (t, critical))
        {
            return looked;
        }

        var level = Math.Abs(Stable.Average(series => series.Level));
        double canaryMean = canary.Average(), stableMean = stable.Average();
        var effect = Spec.Statistic switch
        {
            GaugeStatistic.Slope => canaryMean * HourSeconds,
            GaugeStatistic.Level => canaryMean - stableMean,
        };
        var isRaised = t >= critical && effect >= Spec.Gate * level;
        return looked with
        {
            IsRaised = isRaised,
            CanaryMean = canaryMean,
            StableMean = stableMean,
            ReachesLimit = isRaised && IsOfMemory && interval.Canary.Any(pod => pod.MemoryLimitBytes is { } limit
                && pod.Gauges.TryGetValue(Spec.Name, out var reading) && reading + effect >= limit),
        };
    }

    /// <summary>Only then are its units bytes, and its slope one that leads to a limit of bytes.</summary>
    private bool IsOfMemory => Spec is { Name: MetricSpec.Memory, Statistic: GaugeStatistic.Slope };

    private double[] NumbersOf(ImmutableArray<GaugeSeries> pods) =>
        [.. pods.Where(series => series.Medians.Length >= GaugeSeries.FewestMedians)
            .Select(series => Spec.Statistic switch
        {
            GaugeStatistic.Slope => series.Slope,
            GaugeStatistic.Level => series.Level,
        })];
}
