using System.Diagnostics.Metrics;

namespace Rollouts.Api.Metrics;

/// <summary>Requests in flight and the sizes of bodies; their number and duration ASP.NET measures itself.</summary>
/// <remarks>
/// Names: OpenTelemetry semantic conventions, HTTP metrics. ASP.NET has an in-flight instrument too, but it counts
/// probes and scrapes: they are not known as such before routing.
/// </remarks>
internal sealed class RequestMeter
{
    private readonly UpDownCounter<long> _inFlight;
    private readonly Histogram<long> _requestSize;
    private readonly Histogram<long> _responseSize;

    public RequestMeter(Meter meter)
    {
        var sizes = new InstrumentAdvice<long> { HistogramBucketBoundaries = [100, 1_000, 10_000, 100_000, 1_000_000] };
        _inFlight = meter.CreateUpDownCounter<long>(
            "http.server.active_requests", "{request}", "Requests being answered, probes and scrapes left out.");
        _requestSize = meter.CreateHistogram(
            "http.server.request.body.size", "By", "Size of request bodies that state their length.", null, sizes);
        _responseSize = meter.CreateHistogram(
            "http.server.response.body.size", "By", "Size of response bodies that state their length.", null, sizes);
    }

    /// <summary>Measures until disposed, unless the endpoint is left out of request metrics.</summary>
    public InFlight Begin(HttpContext http)
    {
        if (
            http.GetEndpoint()?.Metadata.GetMetadata<Microsoft.AspNetCore.Http.Metadata.IDisableHttpMetricsMetadata>()
            is not null)
        {
            return default;
        }

        _inFlight.Add(1);
        return new InFlight(this, http);
    }

    private void End(HttpContext http)
    {
        _inFlight.Add(-1);
        if (http.Request.ContentLength is { } received)
        {
            _requestSize.Record(received);
        }

        if (http.Response.ContentLength is { } sent)
        {
            _responseSize.Record(sent);
        }
    }

    internal readonly struct InFlight(RequestMeter? meter, HttpContext http) : IDisposable
    {
        public void Dispose() => meter?.End(http);
    }
}
