using Rollouts.Analysis.Evidence;
using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Verdict;

/// <summary>One metric in words: what it counts, both values with sample sizes, and how they compare.</summary>
internal static class MetricSentence
{
    public static string Of(AnalysisState state, MetricState metric) => metric switch
    {
        ClassState classes =>
            $"{metric.Spec.Name}: mixes of the arms differ by {Wording.Percent(classes.Drift.Distance)} "
            + $"over {Wording.Count(classes.Drift.Canary.Sum())} canary "
            + $"and {Wording.Count(classes.Drift.Stable.Sum())} stable requests",
        GaugeState gauge => Gauge(gauge),
        RatioState or LatencyState => Ratio(state, metric),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>What the metric counts: <c>requests slower than 0.25 s (stable's p99 bucket)</c>.</summary>
    public static string Subject(MetricState metric) => metric switch
    {
        LatencyState latency =>
            metric.Spec.Name + ": requests slower than " + (latency.Boundary is { } k && k < latency.BucketBounds.Length
            ? Wording.Significant(latency.BucketBounds[k]) + " s"
            : latency.Boundary is { } number ? FormattableString.Invariant($"bucket {number + 1}")
                : "a bucket not chosen yet")
            + FormattableString.Invariant($" (stable's p{metric.Spec.Quantile * 100:0.##} bucket)"),
        _ => metric.Spec.Kind switch
        {
            MetricKind.Errors => "errors (5xx)",
            MetricKind.ClientErrors => "clientErrors (4xx)",
            MetricKind.Health => "health: failed probes",
            MetricKind.Restarts => "restarts",
            MetricKind.Latency or MetricKind.Classes or MetricKind.Gauge or MetricKind.Ratio => metric.Spec.Name,
        },
    };

    /// <summary>What the metric's exposure is counted in.</summary>
    public static string Unit(MetricState metric) => metric.Spec.Kind switch
    {
        MetricKind.Health => "probes",
        MetricKind.Restarts => "pod-seconds",
        MetricKind.Errors or MetricKind.ClientErrors or MetricKind.Latency or MetricKind.Classes or MetricKind.Gauge
            or MetricKind.Ratio => "requests",
    };

    private static string Ratio(AnalysisState state, MetricState metric)
    {
        var counts = metric.InStep;
        var unit = Unit(metric);
        var canary = Value(metric, counts.CanaryBad, counts.CanaryExposure) + " on the canary";
        var stable = Value(metric, counts.StableBad, counts.StableExposure) + " on stable";
        return $"{Subject(metric)} {canary}, {stable}{Comparison(state, metric)}";

        string Value(MetricState of, double bad, double exposure) => of.Spec.Kind == MetricKind.Restarts
            ? $"{Wording.Count(bad)} in {Wording.Count(exposure)} {unit}"
            : exposure > 0 ? $"{Wording.Percent(bad / exposure)} of {Wording.Count(exposure)} {unit}" : $"no {unit}";
    }

    private static string Comparison(AnalysisState state, MetricState metric)
    {
        if (metric.InStep is not { CanaryRatio: { } canary, StableRatio: { } stable }
            || MetricBounds.RatioOf(metric) is not { } ratio)
        {
            return "";
        }

        var (lower, highest) = ratio.History.RatioBounds(state.Spec.Alpha, RatioHistory.Coarse);
        var times = stable > 0 ? Times(Wording.Significant(canary / stable))
            : canary > 0 ? "stable has none" : "neither has any";
        var ofWhat = stable > 0 ? "" : " of the ratio";
        var upper = double.IsInfinity(highest) ? "no upper bound yet" : Wording.Significant(highest);
        return $": {times} ({Wording.Percent(1 - state.Spec.Alpha)} bounds{ofWhat} "
            + $"{Wording.Significant(lower)} to {upper}; "
            + $"tolerated {Wording.Significant(ratio.Tolerance)})";
    }

    private static string Times(string ratio) => ratio == "1" ? "as stable's" : ratio + " times stable's";

    private static string Gauge(GaugeState gauge)
    {
        return gauge.Spec.Statistic switch
        {
            GaugeStatistic.Slope =>
                $"{gauge.Spec.Name}: canary pods grow by {Value(gauge.CanaryMean * 3600)} per hour, "
                + $"stable pods by {Value(gauge.StableMean * 3600)}{Unit()}",
            GaugeStatistic.Level =>
                $"{gauge.Spec.Name}: canary pods are at {Value(gauge.CanaryMean)}, "
                + $"stable pods at {Value(gauge.StableMean)}{Unit()}",
        };

        string Value(double value) =>
            gauge.Spec.Name == MetricSpec.Memory ? Wording.Bytes(value) : Wording.Significant(value);

        string Unit() => gauge.Spec.Name == MetricSpec.Memory ? "" : ", in the gauge's own unit";
    }
}
