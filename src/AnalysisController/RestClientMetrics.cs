using System.Diagnostics.Metrics;
using System.Globalization;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Rollouts.AnalysisController;

/// <summary>
/// Counts and times every request to the API server, and logs it at level Debug.
/// Source of the names: kubernetes/client-go tools/metrics, kubernetes-sigs/controller-runtime
/// pkg/metrics/client_go_adapter.go.
/// </summary>
internal sealed class RestClientMetrics(TimeProvider clock, ILogger log, HttpMessageHandler inner)
    : DelegatingHandler(inner)
{
    private readonly RestClientMeter _meter = new();

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var started = clock.GetTimestamp();
        var code = "<error>";
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            code = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            return response;
        }
        finally
        {
            var elapsed = clock.GetElapsedTime(started);
            _meter.Answered(request, code, elapsed);
            ControllerLog.Requested(
                log,
                request.Method.Method,
                request.RequestUri!.PathAndQuery,
                code,
                elapsed.TotalMilliseconds
            );
        }
    }

    protected override void Dispose(bool disposing)
    {
        _meter.Dispose();
        base.Dispose(disposing);
    }

    private sealed class RestClientMeter : IDisposable
    {
        private readonly Meter _meter = new(ControllerMetrics.MeterName);
        private readonly Counter<long> _requests;
        private readonly Histogram<double> _seconds;

        public RestClientMeter()
        {
            _requests = _meter.CreateCounter<long>(
                "rest_client_requests_total",
                description: "Requests to the API server by status code, method and host."
            );
            _seconds = _meter.CreateHistogram(
                "rest_client_request_duration_seconds",
                description: "How long the API server took to begin its answer, by method and host.",
                advice: new InstrumentAdvice<double>
                {
                    HistogramBucketBoundaries = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60],
                }
            );
        }

        public void Answered(HttpRequestMessage request, string code, TimeSpan elapsed)
        {
            var host = new Tag("host", request.RequestUri!.Authority);
            var method = request.Method.Method;
            _requests.Add(1, new Tag("code", code), new Tag("method", method), host);
            _seconds.Record(elapsed.TotalSeconds, new Tag("verb", method), host);
        }

        public void Dispose() => _meter.Dispose();
    }
}
