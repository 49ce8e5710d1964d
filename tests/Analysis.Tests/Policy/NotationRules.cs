using System.Text.Json;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Tests.Policy;

/// <summary>How a value may be written: freely in a template, as the schema has it in a policy.</summary>
public sealed class NotationRules
{
    [Theory]
    [InlineData("""{"onDeadline":"passIfNoHarm"}""")]
    [InlineData("""{"onDeadline":"1"}""")]
    [InlineData("""{"metrics":{"errors":{"action":"hold"}}}""")]
    [InlineData("""{"metrics":{"errors":{"bettors":"linear"}}}""")]
    [InlineData("""{"metrics":{"memory":{"statistic":"level"}}}""")]
    [InlineData("""{"metrics":{"errors":{"dryRun":"True"}}}""")]
    [InlineData("""{"preset":"Fast"}""")]
    public void Words_have_one_spelling(string json) => Assert.Single(Problems(json));

    [Theory]
    [InlineData("\".05\"")]
    [InlineData("\"+0.05\"")]
    [InlineData("\" 0.05\"")]
    [InlineData("\"0.05\\n\"")]
    [InlineData("\"0.0500000000000001\"")]
    public void Number_as_text_is_written_as_the_schema_has_it(string text) => Assert.Equal(
        [$"alpha is {text}; a number in (0, 0.5], such as 0.05 or 5e-2, in at most 16 characters, is expected"],
        Problems($$"""{"alpha":{{text}}}"""));

    [Fact]
    public void Null_is_a_field_that_is_not_there() => Assert.Empty(Problems("""
        {"alpha":null,"metrics":{"errors":{"gate":null,"action":null,"dryRun":null}},"limits":null,"profile":null}
        """));

    [Theory]
    [InlineData("""{"kind":"interval"}""", "kind is \"interval\"; \"spec\", or nothing, is expected")]
    [InlineData("""{"limits":[{"metric":"errors"},{"max":0.1}]}""", "limits[1] needs metric and max")]
    [InlineData("""{"metrics":{"m":{"histogram":"h","gauge":"g"}}}""",
        "metrics.m.histogram and metrics.m.gauge are given; at most one of ratio, histogram, counter, gauge is "
        + "expected")]
    [InlineData("""{"metrics":{"errors":{"gauge":"g"}}}""",
        "metrics.errors.gauge is the source of errors; ratio is expected, or a name of your own")]
    [InlineData("""{"metrics":{"r":{"ratio":{"bad":{"metric":"a","labels":{"l":[]}},"total":{"metric":"b"}}}}}""",
        "metrics.r.ratio.bad.labels.l is []; a list of 1 to 64 texts of at most 253 characters is expected")]
    public void What_cannot_be_meant_is_refused_by_name(string json, string problem) =>
        Assert.Contains(problem, Problems(json));

    [Theory]
    [InlineData("""{"alpha":0.01}""",
        "alpha is 0.01; a number in (0, 0.5], as text of at most 16 characters, such as \"0.05\" or \"5e-2\", is "
        + "expected")]
    [InlineData("""{"warmUpSeconds":"30"}""",
        "warmUpSeconds is \"30\"; a number in [0, 3600], whole and without quotes, is expected")]
    [InlineData("""{"warmUpSeconds":1.5}""",
        "warmUpSeconds is 1.5; a number in [0, 3600], whole and without quotes, is expected")]
    [InlineData("""{"excludeRoutes":"/a"}""",
        "excludeRoutes is \"/a\"; a list of 0 to 64 texts of at most 253 characters is expected")]
    [InlineData("""{"metrics":{"errors":{}}}""",
        "metrics is {\"errors\":{}}; a list of objects with a name is expected")]
    [InlineData("""{"metrics":["errors"]}""", "metrics[0] is \"errors\"; an object with a name is expected")]
    [InlineData("""{"metrics":[{"name":"errors","dryRun":"true"}]}""",
        "metrics[0].dryRun is \"true\"; true or false is expected")]
    [InlineData("""{"kind":"spec"}""", "kind is not a field of the spec")]
    public void What_a_template_may_write_freely_a_policy_writes_as_the_schema_has_it(string json, string problem)
    {
        Assert.Empty(Problems(json));
        Assert.Equal([problem], Problems(json, FieldNotation.Schema));
    }

    private static string[] Problems(string json, FieldNotation notation = FieldNotation.Free) =>
        AnalysisSpec.Parse(JsonElement.Parse(json), notation) is AnalysisSpecResult.Invalid invalid
            ? [.. invalid.Problems]
            : [];
}
