using Rollouts.Analysis.Evidence;
using Rollouts.Analysis.Metrics;

namespace Rollouts.Analysis.Verdict;

/// <summary>Confidence sequences for plots and messages: valid at every moment at once.</summary>
/// <param name="DifferenceLower">Lower end of canary - stable in this step, level 1 - beta each side; -1..1.</param>
/// <param name="RatioLower">
/// Lower end of canary / stable over all steps, level 1 - alpha; 0 when it is not known.
/// </param>
/// <param name="RatioUpper">Upper end; positive infinity when it is not known.</param>
public sealed record MetricBounds(double DifferenceLower, double DifferenceUpper, double RatioLower, double RatioUpper)
{
    /// <summary>
    /// The bounds of a metric as of the verdict; null for metrics that are not ratios. Takes up to milliseconds: call
    /// it
    /// to show, not to judge.
    /// </summary>
    public static MetricBounds? Of(AnalysisState state, string metric)
    {
        foreach (var candidate in (state.Verdict.Source ?? state).Metrics)
        {
            if (candidate.Spec.Name == metric)
            {
                return RatioOf(candidate) is { } ratio ? Of(ratio, state.Spec) : null;
            }
        }

        return null;
    }

    internal static MetricBounds Of(RatioMetric ratio, AnalysisSpec spec)
    {
        var phi = ratio.Noise.PassPhi;
        var (lower, upper) = ratio.History.RatioBounds(spec.Alpha);
        return new MetricBounds(
            ratio.Difference.Lower(phi, spec.Beta), ratio.Difference.Upper(phi, spec.Beta), lower, upper);
    }

    internal static RatioMetric? RatioOf(MetricState state) => state switch
    {
        RatioState ratio => ratio.Ratio,
        LatencyState latency => latency.Ratio,
        ClassState or GaugeState => null,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
