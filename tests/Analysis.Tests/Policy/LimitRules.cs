using System.Text.Json;

namespace Rollouts.Analysis.Tests.Policy;

/// <summary>What an absolute limit may be set on.</summary>
public sealed class LimitRules
{
    [Theory]
    [InlineData("health")]
    [InlineData("restarts")]
    [InlineData("classes")]
    [InlineData("memory")]
    [InlineData("lat_p999")]
    public void A_limit_is_one_on_requests(string metric) => Assert.Equal(
        [$"limits[0].metric is \"{metric}\"; a ratio of requests or a latency that this spec judges is expected"],
        Read("{\"metrics\":{\"classes\":{},\"memory\":{}},\"limits\":[{\"metric\":\"" + metric + "\",\"max\":0.1}]}"));

    [Fact]
    public void A_limit_on_slowness_is_one_on_a_latency()
    {
        Assert.Equal(
            ["limits[0].slowerThanSeconds is 0.5; it has no effect on errors, which is no latency"],
            Read("""{"limits":[{"metric":"errors","max":0.1,"slowerThanSeconds":0.5}]}"""));
        Assert.Empty(Read("""
            {"limits":[{"metric":"lat_p90","max":0.1,"slowerThanSeconds":0.5},
                       {"metric":"errors","max":0.1,"slowerThanSeconds":null}]}
            """));
    }

    private static string[] Read(string json) =>
        AnalysisSpec.Parse(JsonElement.Parse(json)) is AnalysisSpecResult.Invalid invalid ? [.. invalid.Problems] : [];
}
