using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Observation;
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
                var counts = CountsOf(metric, limit);
                return counts.All < limit.MinimumExposure ? LimitResult.Unknown
                    : counts.Bad > limit.Most * counts.All ? LimitResult.Breached
                    : LimitResult.Met;
            }
        }

        return LimitResult.Unknown;
    }

    /// <summary>What the limit is held against.</summary>
    public static BadOfAll CountsOf(MetricState metric, LimitSpec limit) =>
        limit.SlowerThanSeconds is { } seconds && metric is LatencyState latency
            ? latency.CanarySlowerThan(seconds)
            : metric.CanaryInStep;
}
