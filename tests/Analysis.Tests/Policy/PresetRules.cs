using System.Text.Json;

using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Tests.Policy;

public sealed class PresetRules
{
    [Fact]
    public void Routes_that_are_not_traffic_are_left_out_by_default() => Assert.Equal(
        ["/metrics", "/health*", "/livez*", "/readyz*", "/live", "/ready", "/actuator*", "/demo/*"],
        new AnalysisSpec().ExcludedRoutes);

    [Fact]
    public void Presets_are_known_by_their_names()
    {
        Assert.Equal(["default", "fast", "strict"], Presets.Names);
        Assert.Equal(
            [TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(60)],
            Presets.Names.Select(name => Presets.Named(name)!.Deadline!.Value));
        Assert.Null(Presets.Named("Default"));
    }

    [Fact]
    public void Fast_widens_margins_and_nothing_else_of_a_metric()
    {
        Assert.Equal(
            [.05, .2, .1, .05, null, null, null], Presets.Fast.Metrics.Select(metric => metric.Margin));
        Assert.Equal(
            MetricSpec.Defaults.Select(metric => metric with { Margin = null }),
            Presets.Fast.Metrics.Select(metric => metric with { Margin = null }));
    }

    [Fact]
    public void Strict_halves_margins_gates_and_tolerances()
    {
        Assert.Equal(
            MetricSpec.Defaults.Select(metric => (metric.Margin * .5, metric.Gate * .5, (metric.Tolerance + 1) * .5)),
            Presets.Strict.Metrics.Select(metric => (metric.Margin, metric.Gate, metric.Tolerance)));
    }

    [Fact]
    public void Metric_of_a_preset_keeps_what_is_not_changed_whatever_way_it_is_named()
    {
        Assert.Equal(.05, Valid("""{"preset":"fast","metrics":["errors"]}""").Metrics[0].Margin);
        Assert.Equal(.05, Valid("""{"preset":"fast","metrics":[{"name":"errors","gate":0}]}""").Metrics[0].Margin);
        Assert.Null(Valid("""{"metrics":{"errors":{"margin":null}}}""").Metrics[0].Margin);
        Assert.False(Valid("""{"metrics":{"errors":{"bettors":"Linear"}}}""").Metrics[0].UsesTanh);
        Assert.True(Valid("""{"metrics":{"errors":{"bettors":"LinearAndTanh"}}}""").Metrics[0].UsesTanh);
        Assert.True(Valid("""{"metrics":{"lat_p50":{}}}""").Metrics[1].UsesTanh);
        Assert.True(Valid("""{"metrics":{"errors":{"dryRun":"true"}}}""").Metrics[0].DryRun);
    }

    private static AnalysisSpec Valid(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Assert.IsType<AnalysisSpecResult.Valid>(AnalysisSpec.Parse(document.RootElement.Clone())).Spec;
    }
}
