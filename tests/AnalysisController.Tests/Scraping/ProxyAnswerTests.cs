using Rollouts.Analysis;

namespace Rollouts.AnalysisController.Tests.Scraping;

/// <summary>Whose answer it is that comes through the pod proxy, and what it is called.</summary>
public sealed class ProxyAnswerTests
{
    private const string OfThePod = """{"name":"shop-1","kind":"pods"}""";

    [Theory]
    [InlineData(
        403, "pods \\\"shop-1\\\" is forbidden: User \\\"x\\\" cannot get resource \\\"pods/proxy\\\"", OfThePod,
        "ProxyForbidden")]
    [InlineData(401, "Unauthorized", "{}", "ProxyForbidden")]
    [InlineData(404, "pods \\\"shop-1\\\" not found", OfThePod, "NoTarget")]
    [InlineData(404, "namespaces \\\"shop\\\" not found", """{"name":"shop","kind":"namespaces"}""", "NoTarget")]
    [InlineData(400, "address not allowed", "{}", "NoTarget")]
    [InlineData(503, "error trying to reach service: dial tcp 10.0.0.7:8080: connect: connection refused", "{}",
        "ConnectionRefused")]
    [InlineData(503, "error trying to reach service: dial tcp 10.0.0.7:8080: i/o timeout", "{}", "ConnectTimeout")]
    [InlineData(503, "error trying to reach service: dial tcp 10.0.0.7:8080: connect: no route to host", "{}",
        "HostUnreachable")]
    [InlineData(503, "error trying to reach service: http: server gave HTTP response to HTTPS client", "{}",
        "TlsFailed")]
    [InlineData(503, "error trying to reach service: EOF", "{}", "ConnectionReset")]
    [InlineData(503, "error trying to reach service: dial tcp: address family not supported", "{}",
        "NetworkUnreachable")]
    [InlineData(429, "too many requests, please try again later", "{}", "ProxyFailed")]
    [InlineData(500, "etcdserver: leader changed", "{}", "ProxyFailed")]
    [InlineData(504, "Timeout: request did not complete within the allotted timeout", "{}", "ProxyFailed")]
    public async Task What_the_API_server_says_for_itself_is_told_from_what_a_pod_says(
        int status,
        string message,
        string details,
        string reason
    )
    {
        await using var server = AnsweringStatus(status, message, details);

        var (metrics, health) = await PodProxyTests.ScrapeAsync(server);

        var failed = Assert.IsType<MetricsScrape.Failed>(metrics);
        Assert.True(reason == failed.Reason, $"wanted {reason}, got {failed.Reason}: {failed.Message}");
        Assert.Contains(message.Replace("\\", "", StringComparison.Ordinal), failed.Message, StringComparison.Ordinal);
        Assert.Equal(HealthProbe.Unknown, health);
    }

    /// <summary>What Kubernetes' own servers answer, metrics-server for one, when they run in a pod.</summary>
    [Theory]
    [InlineData(404, "the server could not find the requested resource", "the pod has nothing at /metrics")]
    [InlineData(403, "forbidden: User \\\"system:anonymous\\\" cannot get path \\\"/metrics\\\"", "status 403")]
    public async Task A_Status_object_of_the_pod_itself_stays_the_pods(int status, string message, string said)
    {
        await using var server = AnsweringStatus(status, message, "{}");

        var (metrics, _) = await PodProxyTests.ScrapeAsync(server);

        var failed = Assert.IsType<MetricsScrape.Failed>(metrics);
        Assert.Equal("HttpStatus", failed.Reason);
        Assert.Contains(said, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_404_of_the_pod_itself_names_the_path_that_the_pod_lacks()
    {
        await using var server = ScriptedPod.Answering(
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 18\r\n\r\n404 page not found");

        var (metrics, _) = await PodProxyTests.ScrapeAsync(server);

        Assert.Equal(
            new MetricsScrape.Failed(
                "HttpStatus",
                "GET api/v1/namespaces/shop/pods/shop-1:8080/proxy/metrics: status 404, wanted 200; the pod has "
                    + "nothing at /metrics"),
            metrics);
    }

    [Fact]
    public async Task A_503_of_the_pod_itself_stays_the_pods()
    {
        await using var server = ScriptedPod.Answering("HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nbusy");

        var (metrics, health) = await PodProxyTests.ScrapeAsync(server);

        Assert.Equal("HttpStatus", Assert.IsType<MetricsScrape.Failed>(metrics).Reason);
        Assert.Equal(HealthProbe.Fail, health);
    }

    private static ScriptedPod AnsweringStatus(int status, string message, string details)
    {
        var body =
            $$"""{"kind":"Status","apiVersion":"v1","message":"{{message}}","details":{{details}},"code":{{status}}}""";
        var answer =
            $"HTTP/1.1 {status} No\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        return ScriptedPod.Answering(answer, answer);
    }
}
