using System.Net;
using System.Net.Sockets;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Tests.Scraping;

/// <summary>The way to a pod, over real sockets on loopback: addresses and ports.</summary>
public sealed class PodScraperTests
{
    private const string Up = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nup 1\n";

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
        var options = new ScrapeOptions { Limits = new ScrapeLimits { Timeout = TimeSpan.FromSeconds(2) } };

        var (metrics, health) = await pod.ScrapeBothAsync(
            options,
            ScrapeSettings.FromPod with { Port = $"{address.Port}" }
        );

        var failed = AssertFailed("ConnectTimeout", metrics);
        Assert.EndsWith("no connection within 1.6 s", failed.Message, StringComparison.Ordinal);
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

    private static MetricsScrape.Failed AssertFailed(string reason, MetricsScrape scrape)
    {
        var failed = Assert.IsType<MetricsScrape.Failed>(scrape);
        Assert.True(reason == failed.Reason, $"wanted {reason}, got {failed.Reason}: {failed.Message}");
        return failed;
    }
}
