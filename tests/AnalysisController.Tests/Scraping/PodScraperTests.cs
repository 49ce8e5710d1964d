using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

using Rollouts.Analysis;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Tests.Scraping;

/// <summary>Scrapes over real sockets on loopback: every failure is data with a named reason.</summary>
public sealed class PodScraperTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HttpClient _http = ScrapeHttp.Connect();
    private readonly int _port;

    public PodScraperTests()
    {
        _listener.Start();
        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_port_on_which_nobody_listens_is_refused()
    {
        _listener.Stop();

        AssertFailed("ConnectionRefused", await ScrapeAsync());
    }

    [Fact]
    public async Task An_answer_that_does_not_come_is_a_timeout_that_names_its_limit()
    {
        var limits = new ScrapeLimits { Timeout = TimeSpan.FromSeconds(0.2) };

        var failed = AssertFailed("Timeout", await ScrapeAsync(limits));

        Assert.Contains("within 0.2 s", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HttpStatus", "status 404")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n", "HttpStatus", "status 302")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot { one", "Malformed", "line 1")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nup 1\n", "ConnectionReset", "")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd", "Malformed", "gzip")]
    public async Task An_answer_that_is_no_scrape_says_why(string answer, string reason, string said)
    {
        var serving = ServeAsync(answer);

        var failed = AssertFailed(reason, await ScrapeAsync());

        Assert.Contains(said, failed.Message, StringComparison.Ordinal);
        await serving;
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_dropped_and_the_limit_named()
    {
        var body = string.Concat(Enumerable.Repeat("a_metric 1\n", 200));
        var serving = ServeAsync($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        var failed = AssertFailed("BodyTooLarge", await ScrapeAsync(new ScrapeLimits { BodyBytes = 1_000 }));

        Assert.Contains("more than 1000 bytes", failed.Message, StringComparison.Ordinal);
        await serving;
    }

    [Fact]
    public async Task A_good_answer_is_read()
    {
        var serving = ServeAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nup 1\n");

        var answered = Assert.IsType<MetricsScrape.Answered>(await ScrapeAsync());

        Assert.Equal("up", Assert.Single(answered.Families).Name);
        await serving;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _http.Dispose();
    }

    private static MetricsScrape.Failed AssertFailed(string reason, MetricsScrape scrape)
    {
        var failed = Assert.IsType<MetricsScrape.Failed>(scrape);
        Assert.True(reason == failed.Reason, $"{failed.Reason}: {failed.Message}");
        return failed;
    }

    private async Task<MetricsScrape> ScrapeAsync(ScrapeLimits? limits = null)
    {
        using var scraper = new PodScraper(_http, limits ?? new ScrapeLimits(), TimeProvider.System);
        return (await scraper.ScrapeAsync(Pod(), ScrapeSettings.FromPod, Cancellation)).Metrics;
    }

    /// <summary>Gives every request on two connections, metrics and health, the same answer.</summary>
    private async Task ServeAsync(string answer)
    {
        for (var connection = 0; connection < 2; connection++)
        {
            using var client = await _listener.AcceptTcpClientAsync(Cancellation);
            var stream = client.GetStream();
            _ = await stream.ReadAsync(new byte[4096], Cancellation);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), Cancellation);
        }
    }

    private Pod Pod()
    {
        var port = _port.ToString(CultureInfo.InvariantCulture);
        return JsonSerializer.Deserialize(
            $$"""
            {"metadata": {"name": "p", "annotations": {"prometheus.io/port": "{{port}}"} },
             "status": {"podIP": "127.0.0.1"} }
            """,
            KubernetesJson.Default.Pod)!;
    }
}
