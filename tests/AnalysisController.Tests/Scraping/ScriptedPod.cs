using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Tests.Scraping;

/// <summary>
/// A pod on a loopback socket that answers metrics as a test wants, byte by byte, and health with 200 unless told
/// otherwise.
/// </summary>
internal sealed class ScriptedPod : IAsyncDisposable
{
    private const string Healthy = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Stream, Task> _metrics;
    private readonly Task _accepting;

    private ScriptedPod(Func<Stream, Task> metrics)
    {
        _metrics = metrics;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What was asked, with its headers; one entry a request.</summary>
    public List<string> Requests { get; } = [];

    public X509Certificate2? Certificate { get; set; }

    /// <summary>What is sent along with the certificate.</summary>
    public X509Certificate2Collection Intermediates { get; } = [];

    public string Health { get; init; } = Healthy;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static ScriptedPod Answering(Func<Stream, Task> metrics) => new(metrics);

    public static ScriptedPod Answering(string head, byte[] body, X509Certificate2? certificate = null) =>
        new(async stream =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
            await stream.WriteAsync(body);
        })
        {
            Certificate = certificate,
        };

    public static ScriptedPod Answering(string answer, string? health = null) =>
        new(stream => stream.WriteAsync(Encoding.Latin1.GetBytes(answer)).AsTask()) { Health = health ?? Healthy };

    public async Task<MetricsScrape> ScrapeAsync(ScrapeOptions? options = null, ScrapeSettings? settings = null) =>
        (await ScrapeBothAsync(options, settings)).Metrics;

    public async Task<(MetricsScrape Metrics, HealthProbe Health)> ScrapeBothAsync(
        ScrapeOptions? options = null,
        ScrapeSettings? settings = null
    )
    {
        options ??= new ScrapeOptions();
        using var http = ScrapeHttp.Connect(options);
        using var scraper = new PodScraper(http, options, TimeProvider.System);
        using var round = scraper.Round("", keeps: null);
        return await scraper.ScrapeAsync(Pod(), settings ?? ScrapeSettings.FromPod, round, Cancellation);
    }

    public Pod Pod()
    {
        var port = Port.ToString(CultureInfo.InvariantCulture);
        return JsonSerializer.Deserialize(
            $$"""
            {"metadata": {"name": "p", "namespace": "shop", "annotations": {"prometheus.io/port": "{{port}}"} },
             "status": {"podIP": "127.0.0.1"} }
            """,
            KubernetesJson.Default.Pod
        )!;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    /// <summary>A client that hangs up, or a test that is over, ends a connection; neither is an error here.</summary>
    private async Task ServeAsync(TcpClient client)
    {
        using var socket = client;
        try
        {
            Stream stream = client.GetStream();
            if (Certificate is not null)
            {
                var secured = new SslStream(stream);
                stream = secured;
                await secured.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions
                    {
                        ServerCertificateContext = SslStreamCertificateContext.Create(
                            Certificate,
                            Intermediates,
                            offline: true
                        ),
                    },
                    _stop.Token
                );
            }

            var buffer = new byte[8192];
            var count = await stream.ReadAsync(buffer, _stop.Token);
            var request = Encoding.ASCII.GetString(buffer, 0, count);
            lock (Requests)
            {
                Requests.Add(request);
            }

            await (
                request.StartsWith("GET /health ", StringComparison.Ordinal)
                    ? stream.WriteAsync(Encoding.ASCII.GetBytes(Health), _stop.Token).AsTask()
                    : _metrics(stream).WaitAsync(_stop.Token)
            );
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException
            or System.Security.Authentication.AuthenticationException)
        {
            return;
        }
    }
}
