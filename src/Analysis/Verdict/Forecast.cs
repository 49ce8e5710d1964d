using Rollouts.Analysis.Metrics;

namespace Rollouts.Analysis.Verdict;

/// <summary>What a metric still needs for Pass, if the arms go on as they did in this step.</summary>
/// <param name="Metric">The metric that needs most.</param>
/// <param name="Exposure">
/// More canary requests (or probes, or pod-seconds); null when the ratios so far never lead to a Pass.
/// </param>
/// <param name="Wait">At the present rate; null when it cannot be said.</param>
internal sealed record Forecast(MetricState Metric, double? Exposure, TimeSpan? Wait)
{
    /// <summary>
    /// The forecast of the metric that takes longest; null when every asked metric passes or none has exposure yet.
    /// </summary>
    public static Forecast? Of(AnalysisState state) => state.Metrics
        .Where(metric => VerdictPolicy.Asks(state, metric) && !metric.Passes(state.Spec.Beta))
        .Select(metric => Of(state, metric))
        .OfType<Forecast>()
        .MaxBy(forecast => forecast.Exposure ?? double.MaxValue);

    private static Forecast? Of(AnalysisState state, MetricState metric)
    {
        if (MetricBounds.RatioOf(metric) is not { Bound.CanaryExposure: > 0 } ratio
            || metric.Spec.Margin is not { } margin)
        {
            return null;
        }

        if (ratio.Bound.ExposureFactorToPass(margin, ratio.Noise.PassPhi, state.Spec.Beta) is not { } factor)
        {
            return new Forecast(metric, null, null);
        }

        var exposure = (factor - 1) * ratio.Bound.CanaryExposure;
        var heard = ratio.ComparedInStep * state.Spec.EvidenceInterval.TotalSeconds;
        var seconds = exposure / ratio.Bound.CanaryExposure * heard;
        return new Forecast(metric, exposure, seconds < 1e9 ? TimeSpan.FromSeconds(seconds) : null);
    }
}
