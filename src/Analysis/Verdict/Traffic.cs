using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Verdict;

/// <summary>Whether the arms served requests that can be compared.</summary>
internal static class Traffic
{
    /// <summary>
    /// Some metric of requests can be compared in this step: at least half of what the canary served was served beside
    /// stable. A few requests that overlap a switch do not make traffic concurrent.
    /// </summary>
    public static bool IsComparable(AnalysisState state) => state.Metrics.Any(metric => IsOfRequests(metric)
        && MetricBounds.RatioOf(metric) is { Bound.CanaryExposure: > 0 and var beside } ratio
        && beside * 2 >= ratio.InStep.CanaryExposure);

    /// <summary>Requests of both arms were compared, in this step or before; true when none are judged.</summary>
    public static bool WasCompared(AnalysisState state) => !state.Metrics.Any(IsOfRequests)
        || state.Metrics.Any(metric => IsOfRequests(metric)
            && (metric.InStep.HasTrafficOnBothArms || MetricBounds.RatioOf(metric) is { History.Count: > 0 }));

    /// <summary>Why the arms cannot be compared; null when they can, or when no metric of requests is judged.</summary>
    public static string? ReasonOf(AnalysisState state)
    {
        if (!state.Metrics.Any(IsOfRequests) || IsComparable(state))
        {
            return null;
        }

        if (!state.Troubles.ArmsShareTraffic || ServedInStep(state, Arm.Canary) > 0)
        {
            return VerdictReason.NoComparableTraffic;
        }

        return ServedInStep(state, Arm.Stable) > 0 || state.Troubles.Stable.HasServed
            ? VerdictReason.NoCanaryTraffic
            : VerdictReason.NoStableTraffic;
    }

    /// <summary>The most requests that any metric saw of one arm in this step.</summary>
    public static double ServedInStep(AnalysisState state, Arm arm)
    {
        var most = 0.0;
        foreach (var metric in state.Metrics)
        {
            most = IsOfRequests(metric) ? Math.Max(most, ServedInStep(metric, arm)) : most;
        }

        return most;
    }

    /// <summary>A latency metric sees the canary's requests before it has a boundary to compare them by.</summary>
    private static double ServedInStep(MetricState metric, Arm arm) => (metric, arm) switch
    {
        (LatencyState latency, Arm.Canary) => Math.Max(latency.CanaryRequests, latency.InStep.CanaryExposure),
        (_, Arm.Canary) => metric.InStep.CanaryExposure,
        (_, Arm.Stable) => metric.InStep.StableExposure,
    };

    /// <summary>The metric counts requests, so that it needs traffic.</summary>
    public static bool IsOfRequests(MetricState metric) => metric.Spec.Kind switch
    {
        MetricKind.Errors or MetricKind.ClientErrors or MetricKind.Latency or MetricKind.Classes or MetricKind.Ratio =>
            true,
        MetricKind.Health or MetricKind.Restarts or MetricKind.Gauge => false,
    };
}
