using Rollouts.LocalCluster.ApiServer.Tables;

namespace Rollouts.LocalCluster.Tests.ApiServer.Rules;

public sealed class TableTests
{
    /// <summary>
    /// The values of apimachinery's duration_test.go, TestHumanDuration, just below, at and above each step.
    /// </summary>
    [Theory]
    [InlineData(-2, "<invalid>")]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(121, "2m1s")]
    [InlineData(599, "9m59s")]
    [InlineData(600, "10m")]
    [InlineData(3 * 3600 - 1, "179m")]
    [InlineData(3 * 3600, "3h")]
    [InlineData(8 * 3600 - 1, "7h59m")]
    [InlineData(8 * 3600, "8h")]
    [InlineData(48 * 3600 - 1, "47h")]
    [InlineData(48 * 3600, "2d")]
    [InlineData(8 * 86400 - 1, "7d23h")]
    [InlineData(8 * 86400, "8d")]
    [InlineData(2 * 365 * 86400L, "2y")]
    [InlineData(9 * 365 * 86400L, "9y")]
    public void An_age_is_short_for_people(long seconds, string expected) =>
        Assert.Equal(expected, Age.Format(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(".spec.replicas", "3")]
    [InlineData("$.spec.replicas", "3")]
    [InlineData(".spec['replicas']", "3")]
    [InlineData(".metadata.annotations.a\\.b/c", "\"dotted\"")]
    [InlineData(".conditions[0].type", "\"Ready\"")]
    [InlineData(".conditions[*].type", "\"Ready\"")]
    [InlineData(".conditions[?(@.type==\"Other\")].status", "\"False\"")]
    [InlineData(".conditions[?(@.type=='Absent')].status", "null")]
    [InlineData(".conditions[9].type", "null")]
    [InlineData(".spec.absent.deeper", "null")]
    public void A_path_finds_the_first_value(string path, string expected)
    {
        var document = Cluster.Object(
            """
            metadata: {annotations: {a.b/c: dotted}}
            spec: {replicas: 3}
            conditions: [{type: Ready, status: "True"}, {type: Other, status: "False"}]
            """);

        Assert.Equal(expected, JsonPath.TryParse(path)!.First(document)?.ToJsonString() ?? "null");
    }

    [Theory]
    [InlineData("spec")]
    [InlineData(".spec[")]
    [InlineData(".a[?(@.b>1)]")]
    public void A_path_beyond_the_grammar_is_none(string path) => Assert.Null(JsonPath.TryParse(path));
}
