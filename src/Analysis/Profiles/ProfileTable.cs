using System.Collections.Immutable;

namespace Rollouts.Analysis.Profiles;

/// <summary>The frameworks that are understood out of the box, as data; the first row that fits is taken.</summary>
/// <remarks>
/// Sources: OpenTelemetry semantic conventions, http-metrics.md and http-migration.md; prometheus-net HttpMetrics;
/// Micrometer DefaultServerRequestObservationConvention; Istio standard metrics; Linkerd proxy metrics; the exporters'
/// own READMEs.
/// </remarks>
public static class ProfileTable
{
    private const double Millisecond = .001;

    /// <summary>In the order of detection: most specific names first.</summary>
    public static ImmutableArray<RequestProfile> Rows { get; } =
    [
        Histogram(
            "OpenTelemetry", "http_server_request_duration_seconds", 1, "http_response_status_code", "http_route"),
        Histogram(
            "OpenTelemetryOld", "http_server_duration_milliseconds", Millisecond, "http_status_code", "http_route"),
        Histogram("Spring", "http_server_requests_seconds", 1, "status", "uri"),
        new("PrometheusNet", "http_requests_received_total", "http_request_duration_seconds", 1, "code", "endpoint"),
        new("Istio", "istio_requests_total", "istio_request_duration_milliseconds", Millisecond, "response_code", null,
            "reporter", "destination"),
        new("Linkerd", "response_total", "response_latency_ms", Millisecond, "classification", null, "direction",
            "inbound"),
        new("Starlette", "starlette_requests_total", "starlette_request_duration_seconds", 1, "status_code", "path"),
        new("Flask", "flask_http_request_total", "flask_http_request_duration_seconds", 1, "status", null),
        new("Django", "django_http_responses_total_by_status_view_method_total",
            "django_http_requests_latency_seconds_by_view_method", 1, "status", "view"),
        new("Axum", "axum_http_requests_total", "axum_http_requests_duration_seconds", 1, "status", "endpoint"),
    ];

    private static RequestProfile Histogram(
        string name, string family, double secondsPerUnit, string status, string route) =>
        new(name, family + "_count", family, secondsPerUnit, status, route);
}
