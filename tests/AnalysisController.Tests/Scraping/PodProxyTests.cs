using Rollouts.Analysis;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Tests.Scraping;

/// <summary>Scrapes through the API server's pod proxy, with the controller's own client.</summary>
public sealed class PodProxyTests
{
    private static readonly Pod Pod = new()
    {
        Metadata = new ObjectMeta { Name = "shop-1", Namespace = "shop" },
        Status = new PodStatus { PodIP = "10.0.0.7" },
    };

    [Theory]
    [InlineData("http://10.0.0.7:8080/metrics", "api/v1/namespaces/shop/pods/shop-1:8080/proxy/metrics")]
    [InlineData("https://10.0.0.7:8443/q?a=b", "api/v1/namespaces/shop/pods/https:shop-1:8443/proxy/q?a=b")]
    public void The_pods_path_is_put_below_its_proxy(string direct, string expected) =>
        Assert.Equal(expected, PodProxy.Of(Pod, new Uri(direct))!.ToString());

    [Theory]
    [InlineData("/../../../secrets/admin")]
    [InlineData("/%2e%2e/%2e%2e/secrets")]
    [InlineData("/a/..%2f..%2f..%2fsecrets")]
    [InlineData("/a/%252e%252e/%252e%252e/secrets")]
    [InlineData("/a/..%5c..%5csecrets")]
    public void A_path_of_a_pod_never_becomes_another_request_with_our_credentials(string path)
    {
        var settings = ScrapeSettings.FromPod with { Port = "80", Path = path };
        var target = Assert.IsType<ScrapeTarget.Found>(ScrapeTarget.Of(Pod, settings));

        var asked = PodProxy.Of(Pod, target.Metrics);

        var below = new Uri("https://api/api/v1/namespaces/shop/pods/shop-1:80/proxy/");
        var whole = asked is null ? below : new Uri(new Uri("https://api/"), asked);
        var decoded = Uri.UnescapeDataString(Uri.UnescapeDataString(whole.AbsolutePath));
        Assert.StartsWith(below.AbsolutePath, decoded, StringComparison.Ordinal);
        Assert.DoesNotContain("..", decoded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scrape_goes_to_the_API_server_with_the_controllers_token()
    {
        await using var server = ScriptedPod.Answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nup 1\n");

        var (metrics, _) = await ScrapeAsync(server);

        Assert.IsType<MetricsScrape.Answered>(metrics);
        var request = Assert.Single(
            server.Requests,
            request => request.StartsWith(
                "GET /api/v1/namespaces/shop/pods/shop-1:8080/proxy/metrics ", StringComparison.Ordinal)
        );
        Assert.Contains("Authorization: Bearer api-token\r\n", request, StringComparison.Ordinal);
    }

    internal static async Task<(MetricsScrape Metrics, HealthProbe Health)> ScrapeAsync(ScriptedPod server)
    {
        var config = new ClusterConfig
        {
            Server = new Uri($"http://127.0.0.1:{server.Port}/"),
            Source = "test",
            Token = "api-token",
        };
        var options = new ScrapeOptions { Via = ScrapeVia.ApiServer };
        using var http = KubernetesHttp.Connect(config);
        using var scraper = new PodScraper(http, options, TimeProvider.System);
        using var round = scraper.Round("", keeps: null);
        return await scraper.ScrapeAsync(
            Pod,
            ScrapeSettings.FromPod with { Port = "8080" },
            round,
            TestContext.Current.CancellationToken
        );
    }
}
