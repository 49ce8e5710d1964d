using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis;

/// <summary>START HERE. The whole judge as one pure function: no clock, no I/O, no randomness.</summary>
public static class CanaryAnalysis
{
    /// <summary>Begins a run. With <paramref name="evidence"/> of the same pair, abort evidence and noise go on and pass evidence starts anew.</summary>
    public static AnalysisState Start(AnalysisSpec spec, DateTimeOffset startedAt, AnalysisState? evidence = null) => new()
    {
        Spec = spec,
        StartedAt = startedAt,
        NextRoundAt = startedAt,
        Verdict = new CanaryVerdict(Decision.Continue, VerdictReason.Collecting, "Collecting: not written yet", 0, []),
    };

    /// <summary>Takes in one round of scrapes and says what is known now.</summary>
    public static AnalysisState Advance(AnalysisState state, ScrapeRound round) =>
        state with { NextRoundAt = round.At + state.Spec.ScrapeInterval };
}
