namespace Rollouts.EndToEnd;

/// <summary>Pods that the controller cannot reach itself are scraped through the API server.</summary>
[Trait("Requires", "kubectl")]
public sealed class PodProxyTests
{
    [Fact]
    public async Task A_bad_canary_is_found_through_the_pod_proxy_that_kubectl_can_use_too()
    {
        await using var cluster = await LiveCluster.StartAsync(
            seed: 42,
            controllerOptions: ["--scrape-via", "apiserver"]
        );
        var pod = (string)cluster.Host.Objects.List("pods", "default")[0]["metadata"]!["name"]!;
        var path = $"/api/v1/namespaces/default/pods/{pod}:{cluster.Host.PodPort}/proxy/metrics";
        Assert.Contains(
            "http_server_request_duration_seconds_bucket",
            await cluster.KubectlAsync("get", "--raw", path),
            StringComparison.Ordinal
        );

        cluster.Release("bad-errors", "v2");
        var run = await cluster.UntilRunAsync("a verdict", run => (string?)run["status"]?["phase"] == "Failed");

        Assert.StartsWith(
            "WorseThanStable: errors",
            (string?)run["status"]!["metricResults"]![0]!["message"],
            StringComparison.Ordinal
        );
    }
}
