using System.Globalization;
using System.Text;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>
/// Answers scrapes with counters that grow by the clock: 100 requests/s a pod, none slower than 5 ms.
/// </summary>
internal sealed class PodServer(TimeProvider clock) : HttpMessageHandler
{
    private readonly DateTimeOffset _start = clock.GetUtcNow();

    public double CanaryErrorRatio { get; set; } = 0.001;

    public double CanaryLeakBytesPerSecond { get; set; }

    public bool IsSilent { get; set; }

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        if (IsSilent)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");
        }

        var canary = request.RequestUri!.Host == "10.0.0.9";
        var age = (clock.GetUtcNow() - _start).TotalSeconds;
        var body =
            request.RequestUri.AbsolutePath == "/health"
                ? """{"status":"pass"}"""
                : Metrics((long)(age * 100), canary ? CanaryErrorRatio : 0.001)
                    + Memory(RestingBytes + (canary ? age * CanaryLeakBytesPerSecond : 0));
        return Task.FromResult(
            new HttpResponseMessage { Content = new StringContent(body, Encoding.UTF8, "text/plain") }
        );
    }

    /// <summary>What the sample API comes to within minutes.</summary>
    private const double RestingBytes = 140 << 20;

    /// <summary>As the sample API exposes it.</summary>
    private static string Memory(double bytes) =>
        "# TYPE process_resident_memory_bytes gauge\n"
        + string.Create(CultureInfo.InvariantCulture, $"process_resident_memory_bytes {(long)bytes}\n");

    private static string Metrics(long total, double errorRatio)
    {
        var errors = (long)(total * errorRatio);
        return Family("200", total - errors, header: true)
            + (errors > 0 ? Family("500", errors, header: false) : "");
    }

    private static string Family(string code, long count, bool header)
    {
        const string name = "http_server_request_duration_seconds";
        var labels = $"http_request_method=\"GET\",http_route=\"/api/items\",http_response_status_code=\"{code}\"";
        return (header ? $"# HELP {name} Duration.\n# TYPE {name} histogram\n" : "")
            + string.Concat(
                new[] { "0.005", "0.01", "0.1", "1", "+Inf" }.Select(le =>
                    $"{name}_bucket{{{labels},le=\"{le}\"}} {count}\n"
                )
            )
            + $"{name}_sum{{{labels}}} {count * 0.001}\n{name}_count{{{labels}}} {count}\n";
    }
}
