using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Verdict;

/// <summary>Whether the arms served requests that can be compared.</summary>
internal static class Traffic
{
    /// <summary>Some metric of requests had both arms' traffic in one interval of this step.</summary>
    public static bool IsComparable(AnalysisState state) =>
        state.Metrics.Any(metric =>
            IsOfRequests(metric) && MetricBounds.RatioOf(metric) is { Bound.CanaryExposure: > 0 });

    /// <summary>Why the arms cannot be compared; null when they can, or when no metric of requests is judged.</summary>
    public static string? ReasonOf(AnalysisState state)
    {
        double canary = 0, stable = 0;
        var isAsked = false;
        foreach (var metric in state.Metrics)
        {
            if (IsOfRequests(metric))
            {
                isAsked = true;
                canary = Math.Max(canary, metric.InStep.CanaryExposure);
                stable = Math.Max(stable, metric.InStep.StableExposure);
            }
        }

        if (!isAsked || IsComparable(state))
        {
            return null;
        }

        return canary <= 0 ? stable <= 0 && !state.Troubles.Stable.HasServed ? VerdictReason.NoStableTraffic
            : VerdictReason.NoCanaryTraffic
            : stable > 0 || state.Troubles.Stable.HasServed ? VerdictReason.NoComparableTraffic
            : VerdictReason.NoStableTraffic;
    }

    /// <summary>The metric counts requests, so that it needs traffic.</summary>
    public static bool IsOfRequests(MetricState metric) => metric.Spec.Kind switch
    {
        MetricKind.Errors or MetricKind.ClientErrors or MetricKind.Latency or MetricKind.Classes or MetricKind.Ratio =>
            true,
        MetricKind.Health or MetricKind.Restarts or MetricKind.Gauge => false,
    };
}
