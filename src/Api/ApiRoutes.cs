using Rollouts.Api.Demo;
using Rollouts.Api.Docs;
using Rollouts.Api.Echo;
using Rollouts.Api.Faults;
using Rollouts.Api.Health;
using Rollouts.Api.Items;
using Rollouts.Api.Metrics;
using Rollouts.Api.Requests;
using Rollouts.Api.Settings;
using Rollouts.Api.Version;

namespace Rollouts.Api;

/// <summary>The pipeline and every path there is.</summary>
internal static class ApiRoutes
{
    private static readonly string[] GetAndHead = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] GetAndPost = [HttpMethods.Get, HttpMethods.Post];

    public static void Map(WebApplication app, ApiOptions options)
    {
        var services = app.Services;
        var frame = services.GetRequiredService<RequestFrame>();
        var gate = services.GetRequiredService<FaultGate>();

        // Routing first: probes leave the pipeline there.
        app.UseRouting();
        app.Use(next => http => frame.InvokeAsync(http, next));
        if (!options.CorsOrigins.IsEmpty)
        {
            app.UseCors();
        }

        app.Use(next => http => gate.InvokeAsync(http, next));
        app.UseRequestTimeouts();
        MapProbes(app, services.GetRequiredService<ProbeEndpoints>());
        MapHealthAndMetrics(app, services);
        MapTraffic(app, services);
        MapFaults(app, services);
        MapPages(app, services);
        app.UseEndpoints(static _ => { });
        app.UseDocumentation();
        app.Run(NotFoundAsync);
    }

    private static void MapProbes(WebApplication app, ProbeEndpoints probes)
    {
        (string Path, RequestDelegate Probe)[] paths =
        [
            ("/health/live", probes.LiveAsync), ("/live", probes.LiveAsync), ("/livez", probes.LiveAsync),
            ("/healthz", probes.LiveAsync),
            ("/health/ready", probes.ReadyAsync), ("/ready", probes.ReadyAsync), ("/readyz", probes.ReadyAsync),
            ("/health/startup", probes.StartupAsync),
        ];
        foreach (var (path, probe) in paths)
        {
            app.MapMethods(path, GetAndHead, probe).DisableHttpMetrics().ShortCircuit();
        }
    }

    private static void MapHealthAndMetrics(WebApplication app, IServiceProvider services)
    {
        var health = services.GetRequiredService<HealthEndpoint>();
        app.MapMethods("/health", GetAndHead, health.GetAsync).DisableHttpMetrics();
        app.MapMethods("/health/db", GetAndHead, http => health.GetComponentAsync(http, "postgresql"))
            .DisableHttpMetrics();
        app.MapMethods("/health/redis", GetAndHead, http => health.GetComponentAsync(http, "redis"))
            .DisableHttpMetrics();
        app.MapMethods("/metrics", GetAndHead, services.GetRequiredService<MetricsEndpoint>().GetAsync)
            .DisableHttpMetrics();
    }

    private static void MapTraffic(WebApplication app, IServiceProvider services)
    {
        var version = services.GetRequiredService<VersionEndpoints>();
        var items = services.GetRequiredService<ItemEndpoints>();
        app.MapMethods("/api/version", GetAndHead, version.GetVersionAsync).WithMetadata(TrafficEndpoint.Marker);
        app.MapMethods("/api/info", GetAndHead, version.GetInstanceAsync).WithMetadata(TrafficEndpoint.Marker);
        app.MapMethods("/api/items", GetAndHead, items.ListAsync).WithMetadata(TrafficEndpoint.Marker);
        app.MapMethods("/api/items/{id}", GetAndHead, items.GetAsync).WithMetadata(TrafficEndpoint.Marker);
        app.MapMethods("/echo", GetAndPost, EchoEndpoint.AnswerAsync).WithMetadata(TrafficEndpoint.Marker);
    }

    private static void MapFaults(WebApplication app, IServiceProvider services)
    {
        var faults = services.GetRequiredService<FaultEndpoints>();
        app.MapMethods("/demo/faults", GetAndHead, faults.GetAsync).DisableHttpMetrics();
        app.MapMethods("/demo/faults/history", GetAndHead, faults.GetHistoryAsync).DisableHttpMetrics();
        app.MapPut("/demo/faults/{kind}", faults.PutAsync).DisableHttpMetrics();
        app.MapPost("/demo/faults/{kind}", faults.PostFormAsync).DisableHttpMetrics();
        app.MapDelete("/demo/faults/{kind}", faults.DeleteAsync).DisableHttpMetrics();
        app.MapDelete("/demo/faults", faults.DeleteAllAsync).DisableHttpMetrics();

        var oneShot = services.GetRequiredService<OneShotEndpoints>();
        app.MapMethods("/demo/slow", GetAndPost, oneShot.SlowAsync);
        app.MapMethods("/demo/error", GetAndPost, oneShot.ErrorAsync);
        app.MapMethods("/demo/cpu", GetAndPost, oneShot.CpuAsync);
        app.MapMethods("/demo/memory", GetAndPost, oneShot.MemoryAsync);
    }

    private static void MapPages(WebApplication app, IServiceProvider services)
    {
        app.MapMethods("/", GetAndHead, services.GetRequiredService<RootEndpoint>().GetAsync).DisableHttpMetrics();
        app.MapMethods("/openapi.json", GetAndHead, services.GetRequiredService<OpenApiEndpoint>().GetAsync)
            .DisableHttpMetrics();
        app.MapMethods("/demo", GetAndHead, services.GetRequiredService<DemoPage>().GetAsync).DisableHttpMetrics();
        app.MapMethods("/demo/page.css", GetAndHead, new EmbeddedFile("page.css", "text/css; charset=utf-8").GetAsync)
            .DisableHttpMetrics();
        var script = new EmbeddedFile("page.js", "text/javascript; charset=utf-8");
        app.MapMethods("/demo/page.js", GetAndHead, script.GetAsync).DisableHttpMetrics();
    }

    private static Task NotFoundAsync(HttpContext http) =>
        Problem.WriteAsync(http, 404, $"There is nothing at {http.Request.Path}.");
}
