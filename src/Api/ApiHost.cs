using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rollouts.Api.Faults;
using Rollouts.Api.Health;
using Rollouts.Api.Items;
using Rollouts.Api.Metrics;
using Rollouts.Api.Requests;
using Rollouts.Api.Settings;
using Rollouts.Api.Version;
using Rollouts.Exposition.Metrics;
using Serilog.Extensions.Logging;

namespace Rollouts.Api;

/// <summary>Puts one instance together. Several may live in one process: nothing is static.</summary>
internal static class ApiHost
{
    public static WebApplication Build(ApiOptions options, TimeProvider clock, ProcessEnd end)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "api" });
        builder.WebHost.UseKestrelCore().UseUrls([.. options.Urls]);
        var services = builder.Services;
        services.Configure<KestrelServerOptions>(kestrel => Limit(kestrel, options));
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTime + options.ShutdownTimeout);
        services.AddRoutingCore();
        services.AddMetrics();
        services.AddSingleton<ILoggerFactory>(_ => new SerilogLoggerFactory(ApiLog.Create(options), dispose: true));
        services.AddSingleton(options).AddSingleton(options.Identity).AddSingleton(options.Faults);
        services.AddSingleton(clock).AddSingleton(end);
        AddParts(services, options);
        var app = builder.Build();

        // First of all: what is measured before it listens is not heard.
        _ = app.Services.GetRequiredService<MetricRegistry>();
        ApiMeters.Create(
            app.Services.GetRequiredService<Meter>(), options.Identity, app.Services.GetRequiredService<FaultBoard>());
        ApiRoutes.Map(app);
        return app;
    }

    private static void AddParts(IServiceCollection services, ApiOptions options)
    {
        services.AddSingleton(provider => ApiMeters.Listen(provider.GetRequiredService<IMeterFactory>()));
        services.AddSingleton(provider => provider.GetRequiredService<IMeterFactory>().Create(ApiMeters.Name));
        services.AddSingleton<RequestMeter>().AddSingleton<CheckMeter>().AddSingleton<MetricsEndpoint>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RequestFrame>(provider, options.RequestLog));
        services.AddSingleton<FaultBoard>().AddSingleton(new FaultDice(options.Faults.Seed));
        services.AddSingleton<FaultGate>().AddSingleton<FaultJournal>().AddSingleton<FaultPanel>();
        services.AddSingleton<FaultEndpoints>().AddHostedService<FaultEffects>();
        services.AddSingleton<Lifecycle>().AddHostedService(provider => provider.GetRequiredService<Lifecycle>());
        services.AddSingleton<ProbeEndpoints>().AddSingleton<HealthEndpoint>();
        services.AddSingleton(provider => new HealthChecks(
            OwnChecks.Create(provider.GetRequiredService<FaultBoard>(), provider.GetRequiredService<TimeProvider>()),
            options,
            provider.GetRequiredService<CheckMeter>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(new PodLabels(options.LabelsFile));
        services.AddSingleton<VersionEndpoints>().AddSingleton<ItemEndpoints>();
    }

    private static void Limit(KestrelServerOptions kestrel, ApiOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        kestrel.Limits.RequestHeadersTimeout = options.RequestTimeout;
    }
}
