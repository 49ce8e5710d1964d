using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Verdict;

internal enum LimitResult
{
    /// <summary>Not enough exposure of the canary in this step to say.</summary>
    Unknown,
    Met,
    Breached,
}

/// <summary>An owner's limit against what the canary did in this step.</summary>
internal static class AbsoluteLimit
{
    public static LimitResult Check(AnalysisState state, LimitSpec limit)
    {
        foreach (var metric in state.Metrics)
        {
            if (metric.Spec.Name == limit.Metric)
            {
                var counts = metric.CanaryInStep;
                return counts.All < limit.MinimumExposure ? LimitResult.Unknown
                    : counts.Bad > limit.Most * counts.All ? LimitResult.Breached
                    : LimitResult.Met;
            }
        }

        return LimitResult.Unknown;
    }
}
