using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rollouts.Api.Faults;
using Rollouts.Api.Metrics;
using Rollouts.Api.Requests;
using Rollouts.Api.Settings;
using Rollouts.Exposition.Metrics;
using Serilog.Extensions.Logging;

namespace Rollouts.Api;

/// <summary>Puts one instance together. Several may live in one process: nothing is static.</summary>
internal static class ApiHost
{
    private const string AnyOrigin = "*";

    public static WebApplication Build(ApiOptions options, TimeProvider clock, ProcessEnd end)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "api" });
        builder.WebHost.UseKestrelCore().UseUrls([.. options.Urls]);
        var services = builder.Services;
        services.Configure<KestrelServerOptions>(kestrel => Limit(kestrel, options));
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTime + options.ShutdownTimeout);
        services.AddRoutingCore();
        services.AddMetrics();
        services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new()
        {
            Timeout = options.RequestTimeout,
            WriteTimeoutResponse = http => Problem.WriteAsync(http, 504, string.Create(
                CultureInfo.InvariantCulture, $"No answer within {options.RequestTimeout.TotalSeconds} s.")),
        });
        if (!options.CorsOrigins.IsEmpty)
        {
            services.AddCors(cors =>
                cors.AddDefaultPolicy(policy =>
                    (
                        options.CorsOrigins.Contains(AnyOrigin)
                            ? policy.AllowAnyOrigin()
                            : policy.WithOrigins([.. options.CorsOrigins]))
                        .AllowAnyMethod()
                        .AllowAnyHeader()
                        .WithExposedHeaders("X-Request-ID", "X-Version", "X-Pod", "X-Response-Time")));
        }

        services.AddSingleton<ILoggerFactory>(_ => new SerilogLoggerFactory(ApiLog.Create(options), dispose: true));
        services.AddSingleton(clock).AddSingleton(end);
        services.AddApiParts(options);
        var app = builder.Build();

        // First of all: what is measured before it listens is not heard.
        _ = app.Services.GetRequiredService<MetricRegistry>();
        ApiMeters.Create(
            app.Services.GetRequiredService<Meter>(),
            options.Identity,
            app.Services.GetRequiredService<FaultBoard>(),
            clock);
        ApiRoutes.Map(app, options);
        return app;
    }

    private static void Limit(KestrelServerOptions kestrel, ApiOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        kestrel.Limits.RequestHeadersTimeout = options.RequestTimeout;
    }
}
