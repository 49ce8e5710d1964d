using System.Collections.Immutable;

using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Metrics;

/// <summary>Each metric's share of the evidence that is held against alpha.</summary>
/// <remarks>
/// Renormalised once, to the metrics that stable exports when it is first seen to serve requests, whatever the canary
/// does. Before that the shares of the whole spec hold, which is lower. Fixed from then on, so that the weighted mean
/// stays a supermartingale.
/// </remarks>
internal static class Weights
{
    /// <summary>The shares over the spec's metrics, or over the exported ones where that was settled before.</summary>
    public static AnalysisState Nominal(AnalysisState state) =>
        state with { LogWeights = Over(state, metric => !state.AreWeightsFixed || metric.IsExported) };

    /// <summary>Fixes the shares with stable's first traffic.</summary>
    public static AnalysisState Settle(AnalysisState state)
    {
        if (state.AreWeightsFixed)
        {
            return state;
        }

        var needsTraffic = state.Metrics.Any(Traffic.IsOfRequests);
        var isTime = needsTraffic
            ? Traffic.ServedInStep(state, Arm.Stable) > 0
            : state.Metrics.Any(metric => metric.IsExported);
        return isTime
            ? state with { AreWeightsFixed = true, LogWeights = Over(state, metric => metric.IsExported) }
            : state;
    }

    private static ImmutableArray<double> Over(AnalysisState state, Predicate<MetricState> counts)
    {
        var sum = 0.0;
        foreach (var metric in state.Metrics)
        {
            sum += metric.Spec.CountsAgainstAlpha && counts(metric) ? metric.Spec.Weight : 0;
        }

        var logs = ImmutableArray.CreateBuilder<double>(state.Metrics.Length);
        foreach (var metric in state.Metrics)
        {
            logs.Add(metric.Spec.CountsAgainstAlpha && metric.Spec.Weight > 0 && counts(metric)
                ? Math.Log(metric.Spec.Weight / sum)
                : double.NegativeInfinity);
        }

        return logs.MoveToImmutable();
    }
}
