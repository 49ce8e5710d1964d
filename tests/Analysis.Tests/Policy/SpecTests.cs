using System.Text.Json;

using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Tests.Policy;

public sealed class SpecTests
{
    [Fact]
    public void Empty_spec_is_the_default_of_every_field()
    {
        var spec = Valid("{}");
        Assert.Equal((.01, .05, 10.0), (spec.Alpha, spec.Beta, spec.HoldPromotionEvidence));
        Assert.Equal((5.0, 10.0, 30.0), Seconds(spec.ScrapeInterval, spec.EvidenceInterval, spec.WarmUp));
        Assert.Equal((300.0, 1800.0, 600.0), Seconds(spec.MinimumStep, spec.Deadline!.Value, spec.NeverReadyAfter));
        Assert.Equal(
            ["errors", "lat_p50", "lat_p90", "lat_p99", "health", "restarts", "clientErrors"],
            spec.Metrics.Select(metric => metric.Name));
    }

    [Theory]
    [InlineData("errors", 1.5, .35, .001, .005, 5, false)]
    [InlineData("lat_p50", 1.15, .05, .03, .03, 5, true)]
    [InlineData("lat_p90", 1.25, .15, .01, .01, 5, true)]
    [InlineData("lat_p99", 1.5, .15, .003, .005, 5, true)]
    [InlineData("health", 1.5, .1, 0, null, 3, false)]
    [InlineData("restarts", 1, .15, 0, null, 20, false)]
    [InlineData("classes", 1, .05, .05, null, 5, false)]
    [InlineData("clientErrors", 2, 0, .05, null, 5, false)]
    public void Table_of_defaults_is_the_documented_one(
        string name, double tolerance, double weight, double gate, double? margin, double clip, bool tanh)
    {
        var metric = MetricSpec.Named(name)!;
        Assert.Equal((tolerance, weight, gate), (metric.Tolerance, metric.Weight, metric.Gate));
        Assert.Equal((margin, clip, tanh), (metric.Margin, metric.Clip, metric.UsesTanh));
        Assert.Equal(name is "clientErrors" ? MetricAction.Hold : MetricAction.Abort, metric.Action);
    }

    [Fact]
    public void Every_field_can_be_overridden_by_number_or_text()
    {
        var spec = Valid("""
            {"alpha":"0.02","beta":0.1,"scrapeIntervalSeconds":2,"evidenceIntervalSeconds":4,"warmUpSeconds":"8",
             "minimumStepSeconds":60,"deadlineSeconds":null,"neverReadyAfterSeconds":90,"holdPromotionEvidence":5,
             "onDeadline":"PassIfNoHarm","profile":"Spring","excludeRoutes":["/x*"],
             "metrics":["errors",{"name":"lat_p90","tolerance":2,"margin":"0.02","gate":0,"weight":1,"clip":3,
                                  "bettors":"Linear","quantile":0.95,"dryRun":true},
                        {"name":"health","action":"Hold"}],
             "limits":[{"metric":"errors","max":"0.02","minimumRequests":100}]}
            """);
        Assert.Equal((.02, .1, 5.0), (spec.Alpha, spec.Beta, spec.HoldPromotionEvidence));
        Assert.Equal((2.0, 4.0, 8.0), Seconds(spec.ScrapeInterval, spec.EvidenceInterval, spec.WarmUp));
        Assert.Null(spec.Deadline);
        Assert.Equal(DeadlineAction.PassIfNoHarm, spec.OnDeadline);
        Assert.Equal(("Spring", "/x*"), (spec.Profile, Assert.Single(spec.ExcludedRoutes)));
        var latency = spec.Metrics[1];
        Assert.Equal((2.0, .02, 0.0), (latency.Tolerance, latency.Margin, latency.Gate));
        Assert.Equal((1.0, 3.0, .95), (latency.Weight, latency.Clip, latency.Quantile));
        Assert.Equal((false, true, MetricAction.Abort), (latency.UsesTanh, latency.DryRun, latency.Action));
        Assert.Equal(MetricAction.Hold, spec.Metrics[2].Action);
        Assert.Equal(new LimitSpec("errors", .02, 100), Assert.Single(spec.Limits));
    }

    [Fact]
    public void Object_of_metrics_changes_the_preset_and_keeps_the_rest()
    {
        var spec = Valid("""{"preset":"fast","metrics":{"errors":{"margin":0.02},"classes":{}}}""");
        Assert.Equal(8, spec.Metrics.Length);
        Assert.Equal(.02, spec.Metrics[0].Margin);
        Assert.Equal(.05, spec.Metrics[3].Margin);
        Assert.Equal(MetricKind.Classes, spec.Metrics[^1].Kind);
        Assert.Equal((1.0, 2.0, 4.0), Seconds(spec.ScrapeInterval, spec.EvidenceInterval, spec.WarmUp));
        Assert.Equal((20.0, 60.0, 60.0), Seconds(spec.MinimumStep, spec.Deadline!.Value, spec.NeverReadyAfter));
    }

    [Fact]
    public void Metrics_of_ones_own_name_their_source()
    {
        var spec = Valid("""
            {"metrics":[
              {"name":"refused","ratio":{"bad":{"metric":"orders_total","labels":{"result":["refused","lost*"]}},
                                         "total":{"metric":"orders_total"}}},
              {"name":"query","histogram":"db_query_seconds","quantile":0.99},
              {"name":"answers","counter":"predictions_total","label":"class"},
              {"name":"queue","gauge":"queue_length"}]}
            """);
        Assert.Equal(
            [MetricKind.Ratio, MetricKind.Latency, MetricKind.Classes, MetricKind.Gauge],
            spec.Metrics.Select(metric => metric.Kind));
        var ratio = Assert.IsType<MetricSource.Ratio>(spec.Metrics[0].Source);
        Assert.Equal(("orders_total", "result"), (ratio.Bad.Name, ratio.Bad.Labels[0].Label));
        Assert.Equal(["refused", "lost*"], ratio.Bad.Labels[0].Values);
        Assert.Equal(new MetricSource.Classes("predictions_total", "class"), spec.Metrics[2].Source);
    }

    [Theory]
    [InlineData("""{"alpha":0}""", "alpha is 0; a number in (0, 0.5] is expected")]
    [InlineData("""{"alpha":0.51}""", "alpha is 0.51; a number in (0, 0.5] is expected")]
    [InlineData("""{"beta":"NaN"}""", "beta is \"NaN\"; a number in (0, 0.5] is expected")]
    [InlineData("""{"deadlineSeconds":5}""", "deadlineSeconds is 5; a number in [10, 2592000] is expected")]
    [InlineData("""{"preset":"slow"}""", "preset is \"slow\"; one of default, fast, strict is expected")]
    [InlineData("""{"onDeadline":"Pass"}""", "onDeadline is \"Pass\"; one of Inconclusive, PassIfNoHarm is expected")]
    [InlineData("""{"metrics":["errors","errors"]}""", "metrics names errors twice")]
    [InlineData("""{"metrics":[]}""", "metrics has 0 entries; 1 to 16 are expected")]
    [InlineData("""{"metrics":[{"name":"errors","tolerance":0.9}]}""",
        "metrics[0].tolerance is 0.9; a number in [1, 20] is expected")]
    [InlineData("""{"metrics":{"errors":{"clip":1}}}""", "metrics.errors.clip is 1; a number in (1, 1000] is expected")]
    [InlineData("""{"metrics":{"errors":{"dryRun":1}}}""", "metrics.errors.dryRun is 1; true or false is expected")]
    [InlineData("""{"limits":[{"metric":"speed","max":0.1}]}""",
        "limits[0].metric is \"speed\"; a ratio of requests or a latency that this spec judges is expected")]
    [InlineData("""{"limits":[{"metric":"errors"}]}""", "limits[0] needs metric and max")]
    [InlineData("""{"evidenceIntervalSeconds":1,"scrapeIntervalSeconds":60}""",
        "evidenceIntervalSeconds is 1; at least 15 is expected, a quarter of scrapeIntervalSeconds, which is 60")]
    [InlineData("""{"margin":0.1}""", "margin is not a field of the spec")]
    [InlineData("""{"profile":"spring"}""",
        "profile is \"spring\"; one of OpenTelemetry, OpenTelemetryOld, Spring, PrometheusNet, Istio, Linkerd, Envoy, "
            + "Grpc, OpenTelemetryRpc, Starlette, Flask, Django, Axum, Fastify, ExpressPromBundle, Podinfo, Promhttp, "
            + "FastApi, Generic is expected")]
    [InlineData("""[]""", "the spec is []; an object is expected")]
    public void Each_problem_names_field_value_and_range(string json, string problem) =>
        Assert.Contains(problem, Problems(json));

    [Fact]
    public void All_problems_come_at_once() =>
        Assert.Equal(4, Problems("""{"alpha":9,"beta":9,"warmUpSeconds":-1,"x":1}""").Length);

    private static (double, double, double) Seconds(TimeSpan a, TimeSpan b, TimeSpan c) =>
        (a.TotalSeconds, b.TotalSeconds, c.TotalSeconds);

    private static AnalysisSpec Valid(string json) =>
        Assert.IsType<AnalysisSpecResult.Valid>(AnalysisSpec.Parse(Element(json))).Spec;

    private static string[] Problems(string json) =>
        [.. Assert.IsType<AnalysisSpecResult.Invalid>(AnalysisSpec.Parse(Element(json))).Problems];

    private static JsonElement Element(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
