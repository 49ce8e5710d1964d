using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis;

/// <summary>START HERE. The whole judge as one pure function: no clock, no I/O, no randomness.</summary>
/// <remarks>
/// Scrapes become increases (Observation), increases evidence (Metrics, Evidence), evidence a decision (Verdict).
/// </remarks>
public static class CanaryAnalysis
{
    /// <summary>
    /// Begins a run. With <paramref name="evidence"/> of the same pair, abort evidence and noise go on and pass
    /// evidence starts anew.
    /// </summary>
    public static AnalysisState Start(AnalysisSpec spec, DateTimeOffset startedAt, AnalysisState? evidence = null)
    {
        var fresh = new AnalysisState
        {
            Spec = spec,
            StartedAt = startedAt,
            StepStartedAt = startedAt,
            DeadlineFrom = startedAt,
            Origin = evidence?.Origin ?? startedAt,
            NextRoundAt = startedAt,
            LatestAt = startedAt,
            Verdict = VerdictPolicy.Nothing,
            Metrics = [.. spec.Metrics.Select(MetricState.Start)],
        };
        return Weights.Nominal(evidence is null ? fresh : fresh with
        {
            Intervals = evidence.Intervals,
            Step = evidence.Step,
            Ledger = evidence.Ledger,
            Troubles = evidence.Troubles.Fresh(),
            Metrics = [.. spec.Metrics.Select(metric => Carried(evidence, metric))],
            AreWeightsFixed = evidence.AreWeightsFixed,
        });
    }

    /// <summary>
    /// Takes in one round of scrapes and says what is known now. A round that is not later than the last changes
    /// nothing.
    /// </summary>
    public static AnalysisState Advance(AnalysisState state, ScrapeRound round)
    {
        if (round.At < state.LatestAt)
        {
            return state with { NextRoundAt = state.LatestAt + state.Spec.ScrapeInterval };
        }

        var isNewStep = round.Step != state.Step && state.Troubles.Rounds > 0;
        var ledger = state.Ledger.Observe(round, state.Spec);
        var next = state with
        {
            LatestAt = round.At,
            NextRoundAt = round.At + state.Spec.ScrapeInterval,
            Ledger = ledger,
            Troubles = TroubleReader.Read(
                state.Troubles, round, ledger, state.Ledger, state.Spec, round.At - state.LatestAt),
            Step = isNewStep ? state.Step : round.Step,
        };
        if (ledger.IsDue(round.At, state.Spec) || (isNewStep && ledger.IntervalFrom < round.At))
        {
            var (interval, rest) = ledger.Close(round.At, state.Spec);
            next = Weigh(next with { Ledger = rest }, interval);
        }

        next = isNewStep ? StartStep(next, round.At, round.Step) : next;
        return next with { Verdict = VerdictPolicy.Decide(next) };
    }

    /// <summary>Takes in one evidence interval that is already made, as a journal holds it.</summary>
    public static AnalysisState Advance(AnalysisState state, EvidenceInterval interval)
    {
        var next = Weigh(state with { LatestAt = interval.At }, interval);
        return next with { Verdict = VerdictPolicy.Decide(next) };
    }

    /// <summary>A new weight step begins: pass evidence starts anew; abort evidence, noise and history go on.</summary>
    public static AnalysisState StartStep(AnalysisState state, DateTimeOffset at, int step) => state with
    {
        Step = step,
        StepStartedAt = at,
        Metrics = [.. state.Metrics.Select(metric => metric.StartStep())],
    };

    private static AnalysisState Weigh(AnalysisState state, EvidenceInterval interval)
    {
        var metrics = new MetricState[state.Metrics.Length];
        for (var i = 0; i < metrics.Length; i++)
        {
            metrics[i] = state.Metrics[i].Update(interval, state.Step);
        }

        return Weights.Settle(state with
        {
            Intervals = state.Intervals + 1,
            LatestInterval = interval,
            Metrics = System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(metrics),
        });
    }

    private static MetricState Carried(AnalysisState evidence, MetricSpec spec)
    {
        var known = evidence.Metrics.FirstOrDefault(metric => metric.Spec.Name == spec.Name);
        return known is null ? MetricState.Start(spec) : known.Under(spec).StartStep();
    }
}
