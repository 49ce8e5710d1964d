using System.Collections.Immutable;

using Rollouts.Analysis.Evidence;
using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Verdict;

/// <summary>From evidence to a decision: the rules in their order, first hit wins.</summary>
internal static class VerdictPolicy
{
    /// <summary>
    /// An arm without a usable scrape for this long makes every run Inconclusive, also one without a deadline.
    /// </summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromMinutes(10);

    /// <summary>A stable pod in the same trouble this lately excuses the canary.</summary>
    private static readonly TimeSpan ExcuseSpan = TimeSpan.FromMinutes(10);

    /// <summary>Judges the state at its <see cref="AnalysisState.LatestAt"/>. Abort is absorbing.</summary>
    public static CanaryVerdict Decide(AnalysisState state)
    {
        if (state.Verdict.Decision == Decision.Abort)
        {
            return state.Verdict;
        }

        var logTotal = LogTotal(state);
        var (decision, reason) = AbortReason(state, logTotal) is { } abort
            ? (Decision.Abort, abort)
            : PassReason(state, logTotal) is { } pass
                ? (Decision.Pass, pass)
                : WaitOrGiveUp(state, logTotal);
        return new CanaryVerdict(decision, reason, logTotal, EstimatesOf(state))
        {
            Source = state with { Verdict = Nothing, LatestInterval = null, Ledger = PodLedger.Empty },
        };
    }

    /// <summary>The verdict before the first evidence.</summary>
    public static CanaryVerdict Nothing { get; } = new(
        Decision.Continue, VerdictReason.Collecting, "Collecting: no evidence yet", double.NegativeInfinity, []);

    /// <summary>Log of the weighted mean of the metrics' evidence; closed gates count as nothing.</summary>
    public static double LogTotal(AnalysisState state)
    {
        Span<double> terms = stackalloc double[state.Metrics.Length];
        for (var i = 0; i < terms.Length; i++)
        {
            terms[i] = LogTerm(state, i);
        }

        return LogMath.SumExp(terms);
    }

    /// <summary>What one metric adds to the sum: log weight plus log evidence.</summary>
    public static double LogTerm(AnalysisState state, int metric) =>
        double.IsNegativeInfinity(state.LogWeights[metric])
            ? double.NegativeInfinity
            : state.LogWeights[metric] + state.Metrics[metric].GatedLogEvidence;

    /// <summary>A Hold metric that is raised now; null when none is.</summary>
    public static MetricState? RaisedHold(AnalysisState state)
    {
        var limit = Math.Log(state.Spec.HoldPromotionEvidence);
        foreach (var metric in state.Metrics)
        {
            var isRaised = metric is GaugeState gauge ? gauge.IsRaised : metric.GatedLogEvidence >= limit;
            if (metric.Spec is { Action: MetricAction.Hold, DryRun: false } && isRaised)
            {
                return metric;
            }
        }

        return null;
    }

    private static string? AbortReason(AnalysisState state, double logTotal)
    {
        var troubles = state.Troubles;
        if (troubles.CanaryInCrashLoop is not null && !IsExcused(state, troubles.StableCrashLoopAt))
        {
            return VerdictReason.CrashLoop;
        }

        if (troubles.CanaryKilledTwice is not null && !IsExcused(state, troubles.StableKilledAt))
        {
            return VerdictReason.OutOfMemory;
        }

        if (!troubles.WasCanaryEverReady
            && troubles.CanaryFirstSeenAt is { } seenAt
            && state.LatestAt - (seenAt > state.StartedAt ? seenAt : state.StartedAt) >= state.Spec.NeverReadyAfter)
        {
            return VerdictReason.NeverReady;
        }

        if (state.Spec.Limits.Any(limit => AbsoluteLimit.Check(state, limit) == LimitResult.Breached))
        {
            return VerdictReason.LimitBreached;
        }

        if (logTotal >= Math.Log(1 / state.Spec.Alpha))
        {
            return VerdictReason.WorseThanStable;
        }

        return state.Metrics.Any(metric => metric is GaugeState { ReachesLimit: true, Spec.DryRun: false })
            ? VerdictReason.MemoryLimitProjected
            : null;
    }

    private static bool IsExcused(AnalysisState state, DateTimeOffset? stableAt) =>
        state.LatestAt - stableAt < ExcuseSpan;

    private static string? PassReason(AnalysisState state, double logTotal)
    {
        if (state.LatestAt - state.StepStartedAt < state.Spec.MinimumStep
            || logTotal >= Math.Log(state.Spec.HoldPromotionEvidence)
            || Silence.ReasonOf(state) is not null
            || RaisedHold(state) is not null)
        {
            return null;
        }

        var asked = state.Metrics.Where(metric => Asks(state, metric)).ToImmutableArray();
        var mayPass = asked.Length > 0
            || (state.Metrics.All(metric => metric.Spec.Margin is null || metric.Spec.DryRun)
                && state.Metrics.Any(metric => metric.HasSeenCanaryInStep));
        if (mayPass && asked.All(metric => metric.Passes(state.Spec.Beta)))
        {
            return VerdictReason.WithinMargins;
        }

        return !Traffic.IsComparable(state)
            && state.Spec.Limits.Any(limit => AbsoluteLimit.Check(state, limit) == LimitResult.Met)
            ? VerdictReason.LimitsMet
            : null;
    }

    /// <summary>
    /// Whether Pass asks this metric: it has a margin, is no dry run, and stable exports it. What its action is does
    /// not matter: whoever gives a metric that cannot abort a margin wants it met before a Pass.
    /// </summary>
    public static bool Asks(AnalysisState state, MetricState metric) =>
        metric.Spec is { Margin: not null, DryRun: false } && (metric.IsExported || !state.AreWeightsFixed);

    private static (Decision Decision, string Reason) WaitOrGiveUp(AnalysisState state, double logTotal)
    {
        var isOver = state.Spec.Deadline is { } deadline && state.LatestAt - state.DeadlineFrom >= deadline;
        var isSilent = Silence.IsOver(state);
        var hold = RaisedHold(state);
        var isHigh = logTotal >= Math.Log(state.Spec.HoldPromotionEvidence);
        var blocker = Silence.ReasonOf(state)
            ?? (isHigh ? VerdictReason.EvidenceAgainstCanary : null)
            ?? (hold is not null ? VerdictReason.Held : null)
            ?? (isOver || isSilent || !IsYoung(state) ? Traffic.ReasonOf(state) : null);
        if (!isOver && !isSilent)
        {
            return (Decision.Continue, blocker ?? VerdictReason.Collecting);
        }

        var mayWave = state.Spec.OnDeadline == DeadlineAction.PassIfNoHarm && blocker is null;
        return mayWave
            ? (Decision.Pass, VerdictReason.NoHarmAtDeadline)
            : (Decision.Inconclusive, blocker ?? VerdictReason.NotEnoughEvidence);
    }

    /// <summary>Pods may still be warming up, so that no traffic says nothing yet.</summary>
    private static bool IsYoung(AnalysisState state) =>
        state.LatestAt - state.StepStartedAt <= state.Spec.WarmUp + (state.Spec.EvidenceInterval * 2);

    private static ImmutableArray<MetricEstimate> EstimatesOf(AnalysisState state)
    {
        var estimates = ImmutableArray.CreateBuilder<MetricEstimate>(state.Metrics.Length);
        foreach (var metric in state.Metrics)
        {
            var ratio = MetricBounds.RatioOf(metric);
            estimates.Add(new MetricEstimate
            {
                Metric = metric.Spec.Name,
                LogEvidence = metric.LogEvidence,
                GateOpen = metric.IsGateOpen,
                CanaryValue = ratio is null ? null : metric.InStep.CanaryRatio,
                StableValue = ratio is null ? null : metric.InStep.StableRatio,
                CanaryExposure = metric.InStep.CanaryExposure,
                StableExposure = metric.InStep.StableExposure,
                Tolerance = ratio?.Tolerance ?? metric.Spec.Tolerance,
                Discount = ratio?.Discount ?? 1,
                Passes = metric.Passes(state.Spec.Beta),
            });
        }

        return estimates.MoveToImmutable();
    }
}
