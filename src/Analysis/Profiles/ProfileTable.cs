using System.Collections.Immutable;

namespace Rollouts.Analysis.Profiles;

/// <summary>The frameworks that are understood out of the box, as data; the first row that fits is taken.</summary>
/// <remarks>
/// Sources: OpenTelemetry semantic conventions (http-metrics.md, http-migration.md, rpc-metrics.md); prometheus-net
/// HttpMetrics; Micrometer DefaultServerRequestObservationConvention; Istio standard metrics; Linkerd proxy metrics;
/// Envoy well_known_names.cc; stefanprodan/podinfo pkg/api/http/metrics.go; client_golang promhttp; the exporters' own
/// READMEs.
/// </remarks>
public static class ProfileTable
{
    /// <summary>The name of what no row fits but looks like a count of requests.</summary>
    public const string Generic = "Generic";

    private const double Milliseconds = 1000;

    /// <summary>Envoy's names of the clusters behind which the pod's own application is.</summary>
    private static readonly SeriesFilter InboundClusters =
        new("envoy_cluster_name", ["inbound*", "local*", "cds_ingress*"]);

    private static readonly SeriesFilter InboundListeners =
        new("envoy_http_conn_manager_prefix", ["ingress*", "inbound*"]);

    private static readonly ImmutableArray<string> GrpcPlumbing = ["grpc.health.*", "grpc.reflection.*"];

    /// <summary>In the order of detection: names that only one framework uses come first.</summary>
    public static ImmutableArray<RequestProfile> Rows { get; } =
    [
        Histogram("OpenTelemetry", "http_server_request_duration_seconds", "http_response_status_code", "http_route"),
        Histogram("OpenTelemetryOld", "http_server_duration_milliseconds", "http_status_code", "http_route") with
        {
            UnitsPerSecond = Milliseconds,
        },
        Histogram("Spring", "http_server_requests_seconds", "status", "uri") with
        {
            Status = [new("status"), new("outcome")],
        },
        Counter("PrometheusNet", "http_requests_received_total", "http_request_duration_seconds", "code", "endpoint"),
        Counter("Istio", "istio_requests_total", "istio_request_duration_milliseconds", "response_code") with
        {
            Status = [new("grpc_response_status", StatusWords.Grpc), new("response_code")],
            UnitsPerSecond = Milliseconds,
            Only = new("reporter", ["destination"]),
        },
        Counter("Linkerd", "response_total", "response_latency_ms", "classification") with
        {
            UnitsPerSecond = Milliseconds,
            Only = new("direction", ["inbound"]),
        },
        Counter("Envoy", "envoy_cluster_upstream_rq", "envoy_cluster_upstream_rq_time", "envoy_response_code") with
        {
            UnitsPerSecond = Milliseconds,
            Only = InboundClusters,
        },
        Counter("Envoy", "envoy_cluster_upstream_rq_xx", "envoy_cluster_upstream_rq_time",
            "envoy_response_code_class") with
        {
            UnitsPerSecond = Milliseconds,
            Only = InboundClusters,
        },
        Counter("Envoy", "envoy_http_downstream_rq_xx", "envoy_http_downstream_rq_time",
            "envoy_response_code_class") with
        {
            UnitsPerSecond = Milliseconds,
            Only = InboundListeners,
        },
        Counter("Grpc", "grpc_server_handled_total", "grpc_server_handling_seconds", "grpc_code", "grpc_service") with
        {
            Status = [new("grpc_code", StatusWords.Grpc)],
            NeverTraffic = GrpcPlumbing,
        },
        Rpc("rpc_server_call_duration_seconds"),
        Rpc("rpc_server_duration_milliseconds") with { UnitsPerSecond = Milliseconds },
        Rpc("rpc_server_duration_seconds"),
        // Without a unit in its name: milliseconds in the old conventions, seconds in the newer; requests only.
        Rpc("rpc_server_duration") with { Duration = null },
        Counter("Starlette", "starlette_requests_total", "starlette_request_duration_seconds", "status_code", "path"),
        Histogram("Flask", "flask_http_request_duration_seconds", "status", "path", "endpoint", "url_rule"),
        Counter("Flask", "flask_http_request_total", "flask_http_request_duration_seconds", "status"),
        Counter("Django", "django_http_responses_total_by_status_view_method_total",
            "django_http_requests_latency_seconds_by_view_method", "status", "view") with
        {
            NeverTraffic = ["prometheus-django-metrics"],
        },
        Counter("Django", "django_http_responses_total_by_status_total",
            "django_http_requests_latency_seconds_by_view_method", "status") with
        {
            // Of the duration, which has the view.
            Routes = ["view"],
            NeverTraffic = ["prometheus-django-metrics"],
        },
        Counter("Axum", "axum_http_requests_total", "axum_http_requests_duration_seconds", "status", "endpoint"),
        Histogram("Fastify", "http_request_duration_seconds", "status_code", "route") with
        {
            Requires = ["route"],
        },
        Histogram("ExpressPromBundle", "http_request_duration_seconds", "status_code", "path"),
        // Its counter counts probes and scrapes too, and has no path to tell them by: the histogram's count is taken.
        Histogram("Podinfo", "http_request_duration_seconds", "status", "path") with { Requires = ["path"] },
        Histogram("Promhttp", "http_request_duration_seconds", "code", "handler", "path") with
        {
            Requires = ["method"],
        },
        // The histogram by handler has three buckets; the one without labels has what quantiles need.
        Counter("FastApi", "http_requests_total", "http_request_duration_highr_seconds", "status", "handler") with
        {
            Requires = ["handler"],
        },
        Counter("Promhttp", "http_requests_total", "http_request_duration_seconds", "code", "handler", "path") with
        {
            Requires = ["method"],
        },
    ];

    /// <summary>Names that a policy may ask for.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Rows.Select(row => row.Name).Distinct(), Generic];

    /// <summary>Families that count requests, but of which nothing can be judged; each with its reason.</summary>
    public static ImmutableArray<RefusedFamily> Refused { get; } =
    [
        new("NginxExporter", "nginx_http_requests_total", ProfileRefusal.NoStatusLabel,
            "the exporter of nginx counts requests without their status, so no error can be told from a success"),
        new("IngressNginx", "nginx_ingress_controller_requests", ProfileRefusal.NotPerPod,
            "the ingress controller counts the requests of all services, not those of one pod of yours"),
        new("Traefik", "traefik_service_requests_total", ProfileRefusal.NotPerPod,
            "Traefik counts the requests of all services, not those of one pod of yours"),
    ];

    private static RequestProfile Histogram(string name, string family, string status, params string[] routes) =>
        Counter(name, family + "_count", family, status, routes);

    private static RequestProfile Counter(
        string name, string requests, string duration, string status, params string[] routes) => new()
        {
            Name = name,
            Requests = requests,
            Status = [new(status)],
            Duration = duration,
            Routes = [.. routes],
        };

    private static RequestProfile Rpc(string family) =>
        Histogram("OpenTelemetryRpc", family, "rpc_grpc_status_code", "rpc_service", "rpc_method") with
        {
            Status =
            [
                new("rpc_grpc_status_code", StatusWords.Grpc), new("rpc_response_status_code", StatusWords.Grpc),
            ],
            NeverTraffic = GrpcPlumbing,
        };
}
