using System.Text.Json;

namespace Rollouts.Analysis.Tests.Policy;

/// <summary>A gauge has few fields, and whatever else is written of one is refused with field and value.</summary>
public sealed class GaugeFieldRules
{
    private const string GaugeTakes = "it has no effect on a gauge, which takes gate, statistic, dryRun, action";

    [Theory]
    [InlineData("tolerance", "2")]
    [InlineData("margin", "0.01")]
    [InlineData("weight", "1")]
    [InlineData("clip", "5")]
    [InlineData("quantile", "0.9")]
    [InlineData("bettors", "\"Linear\"")]
    public void A_gauge_takes_nothing_of_a_sequential_test(string field, string value)
    {
        Assert.Equal([$"metrics.memory.{field} is {value}; {GaugeTakes}"], Problems("memory", $"\"{field}\":{value}"));
        Assert.Equal(
            [$"metrics.queue.{field} is {value}; {GaugeTakes}"],
            Problems("queue", $"\"gauge\":\"queue_length\",\"{field}\":{value}"));
    }

    [Fact]
    public void A_gauge_cannot_abort() => Assert.Equal(
        ["metrics.memory.action is \"Abort\"; Hold is expected of a gauge: few pods prove nothing"],
        Problems("memory", "\"action\":\"Abort\""));

    [Fact]
    public void A_gauge_takes_its_own() => Assert.Empty(
        Problems("memory", "\"gate\":0.1,\"statistic\":\"Level\",\"dryRun\":true,\"action\":\"Hold\",\"margin\":null"));

    private static string[] Problems(string metric, string fields) =>
        Read("{\"metrics\":{\"" + metric + "\":{" + fields + "}}}");

    private static string[] Read(string json) =>
        AnalysisSpec.Parse(JsonElement.Parse(json)) is AnalysisSpecResult.Invalid invalid ? [.. invalid.Problems] : [];
}
