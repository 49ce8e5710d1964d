using System.Net;
using System.Net.Sockets;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Tests.Scraping;

/// <summary>The way to a pod, over real sockets on loopback: addresses, tokens, redirects.</summary>
public sealed class PodScraperTests : IDisposable
{
    private const string Up = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nup 1\n";

    private readonly string _file = Path.GetTempFileName();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_port_on_which_nobody_listens_is_refused()
    {
        await using var pod = ScriptedPod.Answering(Up);
        var settings = ScrapeSettings.FromPod with { Port = "1" };

        AssertFailed("ConnectionRefused", await pod.ScrapeAsync(settings: settings));
    }

    [Fact]
    public async Task An_address_that_swallows_packets_is_told_from_a_pod_that_is_slow()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(backlog: 0);
        var address = (IPEndPoint)listener.LocalEndpoint;
        // Nobody accepts, so the kernel drops whoever comes when the queue is full.
        var waiting = Enumerable.Range(0, 4).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp)).ToList();
        var connecting = waiting.ConvertAll(socket => socket.ConnectAsync(address, Cancellation).AsTask());
        await Task.WhenAny(connecting);
        await using var pod = ScriptedPod.Answering(Up);
        var options = new ScrapeOptions { Limits = new ScrapeLimits { Timeout = TimeSpan.FromSeconds(0.5) } };

        var (metrics, health) = await pod.ScrapeBothAsync(
            options,
            ScrapeSettings.FromPod with { Port = $"{address.Port}" }
        );

        var failed = AssertFailed("ConnectTimeout", metrics);
        Assert.EndsWith("no connection within 0.4 s", failed.Message, StringComparison.Ordinal);
        Assert.Equal(HealthProbe.Unknown, health);
        waiting.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task The_policy_names_port_and_path()
    {
        await using var pod = ScriptedPod.Answering(Up);
        var settings = new ScrapeSettings("http", $"{pod.Port}", "/q/metrics?x=1", "/q/health");

        await pod.ScrapeAsync(settings: settings);

        Assert.Contains(pod.Requests, request => request.StartsWith("GET /q/metrics?x=1 ", StringComparison.Ordinal));
        Assert.Contains(pod.Requests, request => request.StartsWith("GET /q/health ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pod_without_a_target_is_named_NoTarget_with_what_is_missing()
    {
        await using var pod = ScriptedPod.Answering(Up);

        var failed = AssertFailed(
            "NoTarget",
            await pod.ScrapeAsync(settings: ScrapeSettings.FromPod with { Port = "admin" })
        );

        Assert.Contains("'admin'", failed.Message, StringComparison.Ordinal);
        Assert.Empty(pod.Requests);
    }

    [Fact]
    public async Task A_bearer_token_is_read_anew_for_each_scrape()
    {
        await using var pod = ScriptedPod.Answering(Up);
        var options = new ScrapeOptions { BearerTokenFile = _file };
        await File.WriteAllTextAsync(_file, "first\n", Cancellation);
        await pod.ScrapeAsync(options);
        await File.WriteAllTextAsync(_file, "second\n", Cancellation);

        await pod.ScrapeAsync(options);

        Assert.Equal(2, pod.Requests.Count(request => request.Contains("Authorization: Bearer first\r\n",
            StringComparison.Ordinal)));
        Assert.Equal(2, pod.Requests.Count(request => request.Contains("Authorization: Bearer second\r\n",
            StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("s3cret with blanks")]
    [InlineData("s3cret\r\nX-Injected: 1")]
    public async Task A_token_that_is_none_asks_nothing_and_is_not_told(string token)
    {
        await using var pod = ScriptedPod.Answering(Up);
        await File.WriteAllTextAsync(_file, token, Cancellation);

        var failed = AssertFailed(
            "TokenUnreadable",
            await pod.ScrapeAsync(new ScrapeOptions { BearerTokenFile = _file })
        );

        Assert.Contains(_file, failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", failed.Message, StringComparison.Ordinal);
        Assert.Empty(pod.Requests);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_the_token_goes_nowhere_else()
    {
        await using var elsewhere = ScriptedPod.Answering(Up);
        await using var pod = ScriptedPod.Answering(
            $"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:{elsewhere.Port}/metrics\r\nContent-Length: 0\r\n\r\n"
        );
        await File.WriteAllTextAsync(_file, "s3cret", Cancellation);

        var failed = AssertFailed("HttpStatus", await pod.ScrapeAsync(new ScrapeOptions { BearerTokenFile = _file }));

        Assert.EndsWith("status 307, wanted 200; redirects are not followed", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", failed.Message, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);
    }

    public void Dispose() => File.Delete(_file);

    private static MetricsScrape.Failed AssertFailed(string reason, MetricsScrape scrape)
    {
        var failed = Assert.IsType<MetricsScrape.Failed>(scrape);
        Assert.True(reason == failed.Reason, $"wanted {reason}, got {failed.Reason}: {failed.Message}");
        return failed;
    }
}
