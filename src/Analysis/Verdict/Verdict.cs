using System.Collections.Immutable;

namespace Rollouts.Analysis.Verdict;

/// <summary>What the evidence says so far. Not Argo's phases on purpose: a background run that passes must stay Running.</summary>
public enum Decision
{
    Continue,
    Pass,
    Abort,
    Inconclusive,
}

/// <summary>A decision with its reason and the numbers it rests on.</summary>
/// <param name="Decision">What to do. Abort is absorbing.</param>
/// <param name="Reason">The stable reason string; see <see cref="VerdictReason"/>.</param>
/// <param name="Message">One line for a person; begins with the reason; every number carries its unit.</param>
/// <param name="LogTotal">Natural logarithm of the combined evidence against the canary (JUDGE §4).</param>
/// <param name="Metrics">One entry per judged metric, in the order of the spec.</param>
public sealed record CanaryVerdict(
    Decision Decision,
    string Reason,
    string Message,
    double LogTotal,
    ImmutableArray<MetricEstimate> Metrics);

/// <summary>What one metric says: JUDGE.md (iv), output fields.</summary>
public sealed record MetricEstimate
{
    public required string Metric { get; init; }

    public required double LogEvidence { get; init; }

    public required bool GateOpen { get; init; }

    /// <summary>Bad events per unit of exposure of the canary; null before it has any exposure.</summary>
    public double? CanaryValue { get; init; }

    public double? StableValue { get; init; }

    public double CanaryExposure { get; init; }

    public double StableExposure { get; init; }
}
