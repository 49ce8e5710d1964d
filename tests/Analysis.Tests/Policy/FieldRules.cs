using System.Text.Json;

namespace Rollouts.Analysis.Tests.Policy;

/// <summary>What every field takes, at its borders, and what is said of anything else.</summary>
public sealed class FieldRules
{
    [Theory]
    [InlineData("alpha", 0, .5, true)]
    [InlineData("beta", 0, .5, true)]
    [InlineData("scrapeIntervalSeconds", .5, 300, false)]
    [InlineData("evidenceIntervalSeconds", 1, 600, false)]
    [InlineData("warmUpSeconds", 0, 3600, false)]
    [InlineData("minimumStepSeconds", 0, 86400, false)]
    [InlineData("deadlineSeconds", 10, 2592000, false)]
    [InlineData("neverReadyAfterSeconds", 10, 86400, false)]
    [InlineData("holdPromotionEvidence", 1, 1000000, false)]
    public void Number_is_taken_up_to_its_borders_and_not_beyond(string field, double low, double high, bool aboveLow)
    {
        Assert.False(IsRefused(Json(field, high)));
        Assert.Equal(aboveLow, IsRefused(Json(field, low)));
        Assert.True(IsRefused(Json(field, low - .001)));
        Assert.True(IsRefused(Json(field, high + .001)));
        Assert.True(IsRefused($$"""{"{{field}}":"soon"}"""));
        Assert.True(IsRefused($$"""{"{{field}}":true}"""));

        bool IsRefused(string json) => Problems(json).Any(problem => problem.EndsWith(
            FormattableString.Invariant($"a number in {(aboveLow ? "(" : "[")}{low}, {high}] is expected"),
            StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tolerance", 1, 20, false)]
    [InlineData("gate", 0, 1, false)]
    [InlineData("margin", 0, 1, true)]
    [InlineData("weight", 0, 100, true)]
    [InlineData("clip", 1, 1000, true)]
    [InlineData("quantile", 0, .9999, true)]
    public void Number_of_a_metric_is_taken_up_to_its_borders_and_not_beyond(
        string field, double low, double high, bool aboveLow)
    {
        string Of(double value) => "{\"metrics\":{\"lat_p50\":" + Json(field, value) + "}}";
        Assert.Empty(Problems(Of(high)));
        Assert.Equal(aboveLow, Problems(Of(low)).Length > 0);
        Assert.NotEmpty(Problems(Of(low - .001)));
        Assert.NotEmpty(Problems(Of(high + .001)));
    }

    [Theory]
    [InlineData("""{"profile":5}""", "profile is 5; a text of 1 to 253 characters is expected")]
    [InlineData("""{"profile":""}""", "profile is \"\"; a text of 1 to 253 characters is expected")]
    [InlineData(
        """{"excludeRoutes":5}""", "excludeRoutes is 5; a list of 0 to 64 texts of at most 253 characters is expected")]
    [InlineData("""{"excludeRoutes":["a",5]}""",
        "excludeRoutes is [\"a\",5]; a list of 0 to 64 texts of at most 253 characters is expected")]
    [InlineData("""{"alpha":"123456789012345678901234567890123456789012345678901234567890"}""",
        "alpha is \"12345678901234567890123456789012345678901234567890123456789…; a number in (0, 0.5] is expected")]
    [InlineData("""{"metrics":5}""",
        "metrics is 5; a list of names or objects, or an object by name, is expected")]
    [InlineData("""{"metrics":[5]}""", "metrics[0] is 5; a metric's name, or an object with a name, is expected")]
    [InlineData("""{"metrics":["speed"]}""",
        "metrics[0] is \"speed\"; one of errors, clientErrors, lat_p50, lat_p90, lat_p99, health, restarts, classes, "
        + "memory, or an object with ratio, histogram, counter and label, or gauge, is expected")]
    [InlineData("""{"metrics":{"speed":{}}}""",
        "metrics.speed is \"speed\"; one of errors, clientErrors, lat_p50, lat_p90, lat_p99, health, restarts, "
        + "classes, memory, or an object with ratio, histogram, counter and label, or gauge, is expected")]
    [InlineData("""{"metrics":{"errors":5}}""", "metrics.errors is 5; an object is expected")]
    [InlineData("""{"metrics":{"errors":{"colour":1}}}""", "metrics.errors.colour is not a field of the spec")]
    [InlineData("""{"metrics":{"errors":{"bettors":"tanh"}}}""",
        "metrics.errors.bettors is \"tanh\"; one of Linear, LinearAndTanh is expected")]
    [InlineData("""{"metrics":{"errors":{"action":"Stop"}}}""",
        "metrics.errors.action is \"Stop\"; one of Abort, Hold is expected")]
    [InlineData("""{"metrics":{"memory":{"statistic":"Sum"}}}""",
        "metrics.memory.statistic is \"Sum\"; one of Slope, Level is expected")]
    [InlineData("""{"metrics":{"r":{"ratio":5}}}""", "metrics.r.ratio is 5; an object is expected")]
    [InlineData("""{"metrics":{"r":{"ratio":{"bad":{"metric":"a"}}}}}""",
        "metrics.r.ratio.total is missing; an object with metric, and labels if any, is expected")]
    [InlineData("""{"metrics":{"r":{"ratio":{"bad":{},"total":{"metric":"a"}}}}}""",
        "metrics.r.ratio.bad.metric is missing; the name of a counter is expected")]
    [InlineData("""{"metrics":{"r":{"ratio":{"bad":{"metric":"a","x":1},"total":{"metric":"a"}}}}}""",
        "metrics.r.ratio.bad.x is not a field of the spec")]
    [InlineData("""{"metrics":{"r":{"ratio":{"bad":{"metric":"a"},"total":{"metric":"a"},"x":1}}}}""",
        "metrics.r.ratio.x is not a field of the spec")]
    [InlineData("""{"metrics":{"r":{"ratio":{"bad":{"metric":"a","labels":"b"},"total":{"metric":"a"}}}}}""",
        "metrics.r.ratio.bad.labels is \"b\"; an object is expected")]
    [InlineData("""{"metrics":{"r":{"ratio":{"bad":{"metric":"a","labels":{"l":5}},"total":{"metric":"a"}}}}}""",
        "metrics.r.ratio.bad.labels.l is 5; a list of 1 to 64 texts of at most 253 characters is expected")]
    [InlineData("""{"metrics":{"c":{"counter":"a"}}}""",
        "metrics.c.counter and metrics.c.label are given together or not at all")]
    [InlineData("""{"metrics":{"c":{"label":"a"}}}""",
        "metrics.c.counter and metrics.c.label are given together or not at all")]
    [InlineData("""{"metrics":[{"name":"a","counter":"x","label":"y"},"classes"]}""",
        "metrics names more than one metric of classes; one is possible")]
    [InlineData("""{"limits":5}""", "limits is 5; a list of objects with metric, max and minimumRequests is expected")]
    [InlineData("""{"limits":[{"max":0.1}]}""", "limits[0] needs metric and max")]
    [InlineData("""{"limits":[{"metric":"errors","max":2}]}""", "limits[0].max is 2; a number in [0, 1] is expected")]
    [InlineData("""{"limits":[{"metric":"errors","max":1,"minimumRequests":0}]}""",
        "limits[0].minimumRequests is 0; a number in [1, 1000000000000] is expected")]
    [InlineData("""{"limits":[{"metric":"lat_p90","max":1,"slowerThanSeconds":0}]}""",
        "limits[0].slowerThanSeconds is 0; a number in (0, 86400] is expected")]
    [InlineData("""{"limits":[{"metric":"errors","max":1,"x":1}]}""", "limits[0].x is not a field of the spec")]
    [InlineData("""{"metrics":{"memory":{}},"limits":[{"metric":"memory","max":1}]}""",
        "limits[0].metric is \"memory\"; a ratio of requests or a latency that this spec judges is expected")]
    [InlineData("""{"metrics":{"errors":{"margin":"x"},"health":{"weight":-1}}}""",
        "metrics.health.weight is -1; a number in [0, 100] is expected")]
    public void Anything_else_is_refused_by_name(string json, string problem) =>
        Assert.Contains(problem, Problems(json));

    [Fact]
    public void Unknown_fields_come_in_order() => Assert.Equal(
        ["a is not a field of the spec", "b is not a field of the spec"], Problems("""{"b":1,"a":1}"""));

    [Fact]
    public void Number_of_metrics_is_bounded()
    {
        string Of(int count) => $$"""{"metrics":[{{string.Join(',', Enumerable.Range(0, count)
            .Select(i => $$"""{"name":"g{{i}}","gauge":"x"}"""))}}]}""";
        Assert.Empty(Problems(Of(16)));
        Assert.Equal(["metrics has 17 entries; 1 to 16 are expected"], Problems(Of(17)));
    }

    [Fact]
    public void Evidence_interval_is_at_least_a_quarter_of_a_scrape()
    {
        Assert.Empty(Problems("""{"scrapeIntervalSeconds":40,"evidenceIntervalSeconds":10}"""));
        Assert.Equal(
            ["evidenceIntervalSeconds is 10; at least 10.025 is expected, a quarter of scrapeIntervalSeconds, which "
                + "is 40.1"],
            Problems("""{"scrapeIntervalSeconds":40.1,"evidenceIntervalSeconds":10}"""));
    }

    [Fact]
    public void Fields_of_others_are_passed_over() =>
        Assert.Empty(Problems("""{"kind":"spec","policy":"p","scrape":{"port":80}}"""));

    private static string Json(string field, double value) =>
        FormattableString.Invariant($"{{\"{field}\":{value}}}");

    private static string[] Problems(string json)
    {
        using var document = JsonDocument.Parse(json);
        return AnalysisSpec.Parse(document.RootElement.Clone()) is AnalysisSpecResult.Invalid invalid
            ? [.. invalid.Problems] : [];
    }
}
