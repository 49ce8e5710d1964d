using Rollouts.Analysis.Observation;

namespace Rollouts.Analysis.Verdict;

/// <summary>Whether the pods can be heard at all.</summary>
internal static class Silence
{
    /// <summary>
    /// Why there is no usable scrape now; null when both arms were heard lately, or when nothing is known of scrapes.
    /// </summary>
    public static string? ReasonOf(AnalysisState state)
    {
        var troubles = state.Troubles;
        if (IsUnreachable(troubles.Canary) && IsUnreachable(troubles.Stable))
        {
            return VerdictReason.ScrapeUnreachable;
        }

        if (IsDeaf(troubles.Canary) || IsDeaf(troubles.Stable))
        {
            return IsUnknown(troubles.Canary) || IsUnknown(troubles.Stable) ? VerdictReason.NoMetrics
                : VerdictReason.ScrapeFailed;
        }

        return troubles.ProfilesDiffer ? VerdictReason.ProfileMismatch : null;
    }

    /// <summary>An arm gave no usable scrape for the silence limit.</summary>
    public static bool IsOver(AnalysisState state) =>
        state.Troubles.Canary.SilentFor >= VerdictPolicy.SilenceLimit
        || state.Troubles.Stable.SilentFor >= VerdictPolicy.SilenceLimit;

    private static bool IsUnreachable(ArmScrapes arm) => arm.Asked > 0 && arm.Unreachable == arm.Asked;

    private static bool IsUnknown(ArmScrapes arm) => arm.Unknown > 0;

    /// <summary>Pods were asked in the latest round, and none gave anything to judge.</summary>
    private static bool IsDeaf(ArmScrapes arm) => arm.Asked > 0 && arm.Usable == 0;
}
