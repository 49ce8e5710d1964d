using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Metrics;
using Rollouts.LocalCluster.ArgoStandIn.Runs;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

public sealed class ConditionTests
{
    [Theory]
    [InlineData("result.verdict == \"Pass\"", """{"verdict": "Pass"}""", "Successful")]
    [InlineData("result.verdict == 'Pass'", """{"verdict": "Abort"}""", "Failed")]
    [InlineData("result.verdict == \"Pass\"", "{}", "Failed")]
    [InlineData("result >= 0.95", "0.95", "Successful")]
    [InlineData("result >= 0.95", "0.949", "Failed")]
    [InlineData("result[1] < -1 || result[0] != 2", "[2, -1.5]", "Successful")]
    [InlineData("result.a > 1 && (result.b == true || !result.c)", """{"a": 2, "b": false, "c": false}""",
        "Successful")]
    [InlineData("result.a == nil or len(result.list) == 2", """{"a": 1, "list": [1, 2]}""", "Successful")]
    [InlineData("asFloat(result) <= 0.5 and not false", "\"0.5\"", "Successful")]
    [InlineData("asInt(result) == 3", "\"3.9\"", "Successful")]
    [InlineData("result['a']['b'] == 1", """{"a": {"b": 1}}""", "Successful")]
    public void A_success_condition_decides_between_successful_and_failed(
        string condition, string result, string phase) =>
        Assert.Equal(phase, Judge(condition, null, result));

    [Theory]
    [InlineData("1", "Failed")]
    [InlineData("2", "Inconclusive")]
    [InlineData("3", "Successful")]
    public void With_both_conditions_failure_wins_and_neither_is_inconclusive(string result, string phase) =>
        Assert.Equal(phase, Judge("result == 3", "result == 1", result));

    [Fact]
    public void A_failure_condition_alone_lets_everything_else_succeed() =>
        Assert.Equal("Successful", Judge(null, "result == 1", "2"));

    [Fact]
    public void Without_conditions_every_answer_is_successful() => Assert.Equal("Successful", Judge(null, null, "2"));

    [Theory]
    [InlineData("result ==")]
    [InlineData("result == 1 1")]
    [InlineData("(result == 1")]
    [InlineData("result")]
    [InlineData("other == 1")]
    [InlineData("result.a < 1")]
    [InlineData("result && true")]
    [InlineData("map(result, x)")]
    public void What_is_not_understood_is_an_error_and_never_a_verdict(string condition) =>
        Assert.Throws<FormatException>(() => Judge(condition, null, "{}"));

    [Theory]
    [InlineData("{$}", """{"a":[{"b":7}]}""")]
    [InlineData("{$.a[0].b}", "7")]
    [InlineData("$.a[0]['b']", "7")]
    [InlineData("{$.a}", """[{"b":7}]""")]
    public void Json_path_picks_members_and_elements(string path, string value) =>
        Assert.Equal(value, JsonPath.Display(JsonPath.Select(JsonNode.Parse("""{"a":[{"b":7}]}"""), path)));

    [Theory]
    [InlineData("{$.x}")]
    [InlineData("{$.a[1]}")]
    [InlineData("{$.a[*]}")]
    [InlineData("{$..a}")]
    [InlineData("{$.a[0}")]
    public void A_json_path_that_leads_nowhere_is_an_error(string path) =>
        Assert.Throws<FormatException>(() => JsonPath.Select(JsonNode.Parse("""{"a":[{"b":7}]}"""), path));

    private static string Judge(string? success, string? failure, string result) => Condition.Judge(
        new MetricSpec(new JsonObject { ["successCondition"] = success, ["failureCondition"] = failure }),
        JsonNode.Parse(result));
}
