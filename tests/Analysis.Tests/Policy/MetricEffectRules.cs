using System.Text.Json;

namespace Rollouts.Analysis.Tests.Policy;

/// <summary>What is written and means nothing is refused, all of it at once, with field and value.</summary>
public sealed class MetricEffectRules
{
    private const string ClassesTake = "it has no effect on a mix of classes, which takes gate, weight, clip, dryRun, "
        + "action";

    [Theory]
    [InlineData("tolerance", "2")]
    [InlineData("margin", "0.01")]
    [InlineData("quantile", "0.9")]
    [InlineData("bettors", "\"Linear\"")]
    [InlineData("statistic", "\"Level\"")]
    public void A_mix_of_classes_takes_nothing_of_a_ratio(string field, string value) => Assert.Equal(
        [$"metrics.classes.{field} is {value}; {ClassesTake}"], Problems("classes", $"\"{field}\":{value}"));

    [Theory]
    [InlineData("errors", "quantile", "0.9", "a ratio")]
    [InlineData("health", "quantile", "0.9", "a ratio")]
    [InlineData("errors", "statistic", "\"Level\"", "a ratio")]
    [InlineData("lat_p90", "statistic", "\"Level\"", "a latency")]
    public void A_ratio_and_a_latency_take_what_is_theirs(string name, string field, string value, string kind)
    {
        var problem = Assert.Single(Problems(name, $"\"{field}\":{value}"));
        Assert.StartsWith($"metrics.{name}.{field} is {value}; it has no effect on {kind}, which takes tolerance, ",
            problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clientErrors", "\"weight\":0.1")]
    [InlineData("errors", "\"action\":\"Hold\",\"weight\":0.1")]
    public void What_only_holds_has_no_weight(string name, string fields) => Assert.Equal(
        [$"metrics.{name}.weight is 0.1; it has no effect while action is Hold: such a metric is no part of alpha"],
        Problems(name, fields));

    [Fact]
    public void What_only_holds_may_have_a_margin() => Assert.Empty(Problems("clientErrors", "\"margin\":0.01"));

    [Fact]
    public void What_counts_again_has_both() =>
        Assert.Empty(Problems("clientErrors", "\"action\":\"Abort\",\"margin\":0.01,\"weight\":0.1"));

    [Fact]
    public void A_metric_that_can_abort_has_a_weight_above_zero()
    {
        Assert.Equal(
            ["metrics.errors.weight is 0; a number above 0 is expected of a metric that can abort: action Hold or "
                + "dryRun leave it out"],
            Problems("errors", "\"weight\":0"));
        Assert.Empty(Problems("errors", "\"weight\":0,\"dryRun\":true"));
    }

    [Fact]
    public void All_that_means_nothing_is_said_at_once() =>
        Assert.Equal(3, Problems("memory", "\"tolerance\":2,\"clip\":3,\"action\":\"Abort\"").Length);

    [Fact]
    public void A_line_of_a_journal_has_every_field_of_every_metric() => Assert.Empty(
        Read("""{"kind":"spec","metrics":[{"name":"memory","tolerance":1.5,"weight":0,"clip":5}]}"""));

    private static string[] Problems(string metric, string fields) =>
        Read("{\"metrics\":{\"" + metric + "\":{" + fields + "}}}");

    private static string[] Read(string json) =>
        AnalysisSpec.Parse(JsonElement.Parse(json)) is AnalysisSpecResult.Invalid invalid ? [.. invalid.Problems] : [];
}
