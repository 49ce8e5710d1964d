using System.Text.Json;

using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Tests.Policy;

public sealed class OwnMetricRules
{
    [Fact]
    public void Metric_of_ones_own_starts_from_its_kind_and_source()
    {
        var metrics = Valid("""
            {"metrics":{
              "errors":{"ratio":{"bad":{"metric":"failed_total"},"total":{"metric":"calls_total"}}},
              "refused":{"ratio":{"bad":{"metric":"a","labels":{"l":"x"}},"total":{"metric":"b"}}},
              "query":{"histogram":"db_seconds"},
              "mix":{"counter":"votes","label":"party"},
              "queue":{"gauge":"queue_length"},
              "leak":{"gauge":"heap_bytes","statistic":"Slope"}}}
            """).Metrics;
        Assert.Equal(
            (MetricKind.Ratio, .35, .005), (metrics[0].Kind, metrics[0].Weight, metrics[0].Margin!.Value));
        var own = metrics[7..];
        Assert.Equal(["refused", "query", "mix", "queue", "leak"], own.Select(metric => metric.Name));
        Assert.Equal(
            [MetricKind.Ratio, MetricKind.Latency, MetricKind.Classes, MetricKind.Gauge, MetricKind.Gauge],
            own.Select(metric => metric.Kind));
        Assert.Equal([.05, .05, .05, 0, 0], own.Select(metric => metric.Weight));
        Assert.Equal((.9, true, .01), (own[1].Quantile, own[1].UsesTanh, own[1].Margin));
        Assert.Equal(["x"], Assert.IsType<MetricSource.Ratio>(own[0].Source).Bad.Labels[0].Values);
        Assert.Equal(
            [GaugeStatistic.Level, GaugeStatistic.Slope], own[3..].Select(metric => metric.Statistic));
        Assert.All(own[3..], metric => Assert.Equal(MetricAction.Hold, metric.Action));
    }

    [Fact]
    public void Metric_that_is_to_abort_has_a_weight()
    {
        var metrics = Valid("""
            {"metrics":[{"name":"clientErrors","action":"Abort"},
                        {"name":"health","weight":0.2},{"name":"restarts","weight":0,"dryRun":true}]}
            """).Metrics;
        Assert.Equal([.05, .2, 0], metrics.Select(metric => metric.Weight));
    }

    [Fact]
    public void Only_metrics_that_may_abort_and_are_no_gauge_count_against_alpha()
    {
        var errors = MetricSpec.Named("errors")!;
        Assert.True(errors.CountsAgainstAlpha);
        Assert.False((errors with { DryRun = true }).CountsAgainstAlpha);
        Assert.False((errors with { Action = MetricAction.Hold }).CountsAgainstAlpha);
        Assert.False((MetricSpec.Named("memory")! with { Action = MetricAction.Abort }).CountsAgainstAlpha);
    }

    private static AnalysisSpec Valid(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Assert.IsType<AnalysisSpecResult.Valid>(AnalysisSpec.Parse(document.RootElement.Clone())).Spec;
    }
}
