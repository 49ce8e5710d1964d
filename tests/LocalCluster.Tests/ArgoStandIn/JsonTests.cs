using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;
using Applied = Rollouts.LocalCluster.ApiServer.Patching.MergePatch;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

public sealed class JsonTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""", null)]
    [InlineData("""{"a":1}""", """{"a":2,"b":"x"}""", """{"a":2,"b":"x"}""")]
    [InlineData("""{"a":1,"b":2}""", """{"b":2}""", """{"a":null}""")]
    [InlineData("""{"a":{"b":1,"c":2}}""", """{"a":{"b":1,"c":3}}""", """{"a":{"c":3}}""")]
    [InlineData("""{"list":[{"n":1},{"n":2}]}""", """{"list":[{"n":1},{"n":3}]}""", """{"list":[{"n":1},{"n":3}]}""")]
    public void A_merge_patch_holds_only_what_changed_and_lists_whole(string before, string after, string? patch)
    {
        var (from, to) = (JsonNode.Parse(before)!.AsObject(), JsonNode.Parse(after)!.AsObject());

        var made = MergePatch.Between(from, to);

        Assert.Equal(patch, made?.ToJsonString());
        if (made is not null)
            Applied.Apply(from, made);
        Assert.True(JsonNode.DeepEquals(from, to));
    }

    [Theory]
    [InlineData("10s", 10)]
    [InlineData("5m", 300)]
    [InlineData("1h30m", 5400)]
    [InlineData("87600h", 315360000)]
    [InlineData("500ms", 0.5)]
    [InlineData("1.5m", 90)]
    [InlineData("-2s", -2)]
    [InlineData("0", 0)]
    public void A_go_duration_is_read_in_all_its_units(string text, double seconds) =>
        Assert.Equal(seconds, GoDuration.Read(text)!.Value.TotalSeconds, 1e-9);

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("10y")]
    [InlineData("1d")]
    [InlineData("s")]
    [InlineData("-")]
    [InlineData("1 m")]
    [InlineData("9999999h")]
    [InlineData(null)]
    public void What_is_no_go_duration_reads_as_none(string? text) => Assert.Null(GoDuration.Read(text));

    [Fact]
    public void A_pod_template_hash_ignores_the_order_of_members_and_nulls_and_nothing_else()
    {
        var hash = PodTemplateHash.Of(JsonNode.Parse("""{"a":{"x":1,"y":[1,2]},"b":"v1"}"""));

        Assert.Equal(hash, PodTemplateHash.Of(JsonNode.Parse("""{"b":"v1","c":null,"a":{"y":[1,2],"x":1}}""")));
        Assert.NotEqual(hash, PodTemplateHash.Of(JsonNode.Parse("""{"a":{"x":1,"y":[2,1]},"b":"v1"}""")));
        Assert.NotEqual(hash, PodTemplateHash.Of(JsonNode.Parse("""{"a":{"x":1,"y":[1,2]},"b":"v2"}""")));
    }

    [Fact]
    public void Numbers_are_read_whether_they_were_parsed_or_made_or_written_as_text()
    {
        var json = new JsonObject { ["made"] = 3, ["long"] = 3L, ["text"] = "3", ["no"] = 3.5 };
        json["parsed"] = JsonNode.Parse("3");

        Assert.All(new[] { "made", "long", "text", "parsed" }, name => Assert.Equal(3, json.Int(name)));
        Assert.Null(json.Int("no"));
        Assert.Null(json.Int("absent"));
    }
}
