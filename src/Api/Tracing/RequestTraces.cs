using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Rollouts.Api.Settings;

namespace Rollouts.Api.Tracing;

/// <summary>
/// Sends a span of every request to a collector. ASP.NET makes the spans and continues the caller's trace.
/// </summary>
internal sealed class RequestTraces(ApiOptions options, Uri endpoint) : IHostedService, IDisposable
{
    private const string AspNetSource = "Microsoft.AspNetCore";

    private TracerProvider? _provider;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _provider = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource =>
                resource.AddService(
                    options.ServiceName,
                    serviceVersion: options.Identity.Version,
                    serviceInstanceId: options.Identity.Pod))
            .AddSource(AspNetSource)
            .AddOtlpExporter(otlp =>
            {
                otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
                otlp.Endpoint = new Uri(endpoint, "v1/traces");
            })
            .Build();
        return Task.CompletedTask;
    }

    /// <summary>Names the span as the OpenTelemetry HTTP conventions have it: method and route.</summary>
    public static void Describe(HttpContext http)
    {
        if (Activity.Current is { IsAllDataRequested: true } span)
        {
            var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
            span.DisplayName = route is null ? http.Request.Method : $"{http.Request.Method} {route}";
            span.SetTag("http.response.status_code", http.Response.StatusCode);
            span.SetTag("http.route", route);
            span.SetTag("http.request.method", http.Request.Method);
            span.SetTag("url.path", http.Request.Path.Value);
            if (http.Response.StatusCode >= StatusCodes.Status500InternalServerError)
            {
                span.SetStatus(ActivityStatusCode.Error);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _provider?.ForceFlush();
        return Task.CompletedTask;
    }

    public void Dispose() => _provider?.Dispose();
}
