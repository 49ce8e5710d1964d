using System.Collections.Immutable;

namespace Rollouts.Analysis.Verdict;

/// <summary>
/// What the evidence says so far. Not Argo's phases on purpose: a background run that passes must stay Running.
/// </summary>
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
/// <param name="LogTotal">
/// Natural logarithm of the combined evidence against the canary; negative infinity while every gate is closed.
/// </param>
/// <param name="Metrics">One entry per judged metric, in the order of the spec.</param>
public sealed record CanaryVerdict(
    Decision Decision,
    string Reason,
    double LogTotal,
    ImmutableArray<MetricEstimate> Metrics)
{
    public CanaryVerdict(
        Decision decision, string reason, string message, double logTotal, ImmutableArray<MetricEstimate> metrics)
        : this(decision, reason, logTotal, metrics) => Message = message;

    /// <summary>One line for a person; begins with the reason; every number carries its unit.</summary>
    /// <remarks>Composed when first read: the bounds in it cost more than the judgement.</remarks>
    public string Message
    {
        get => field ??= VerdictMessage.Compose(this);
        init;
    }

    /// <summary>
    /// What the message is composed from; its own verdict is empty, so that no chain of states is kept alive.
    /// </summary>
    internal AnalysisState? Source { get; init; }
}

/// <summary>What one metric says: the output fields of replay.</summary>
public sealed record MetricEstimate
{
    public required string Metric { get; init; }

    public required double LogEvidence { get; init; }

    public required bool GateOpen { get; init; }

    /// <summary>Bad events per unit of exposure of the canary in this step; null before it has any exposure.</summary>
    public double? CanaryValue { get; init; }

    public double? StableValue { get; init; }

    public double CanaryExposure { get; init; }

    public double StableExposure { get; init; }

    /// <summary>The tolerance line of the latest interval: how many times stable's ratio is acceptable.</summary>
    public double Tolerance { get; init; } = 1;

    /// <summary>The power in (0, 1] that slow noise left of the latest interval's factor.</summary>
    public double Discount { get; init; } = 1;

    /// <summary>The metric is within its margin at the present step; true where it has none.</summary>
    public bool Passes { get; init; }
}
