using System.Diagnostics.Metrics;
using Rollouts.Api.Demo;
using Rollouts.Api.Docs;
using Rollouts.Api.Faults;
using Rollouts.Api.Health;
using Rollouts.Api.Items;
using Rollouts.Api.Metrics;
using Rollouts.Api.Postgres;
using Rollouts.Api.Redis;
using Rollouts.Api.Requests;
using Rollouts.Api.Settings;
using Rollouts.Api.Tracing;
using Rollouts.Api.Version;

namespace Rollouts.Api;

/// <summary>The parts of an instance. What is not configured is not made, and costs nothing at start.</summary>
internal static class ApiParts
{
    public static void AddApiParts(this IServiceCollection services, ApiOptions options)
    {
        services.AddSingleton(options).AddSingleton(options.Identity).AddSingleton(options.Faults);
        services.AddSingleton(options.Faults.Caps).AddSingleton(new PodLabels(options.LabelsFile));
        services.AddSingleton(provider => ApiMeters.Listen(provider.GetRequiredService<IMeterFactory>()));
        services.AddSingleton(provider => provider.GetRequiredService<IMeterFactory>().Create(ApiMeters.Name));
        services.AddSingleton<RequestMeter>().AddSingleton<CheckMeter>().AddSingleton<MetricsEndpoint>();
        services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<RequestFrame>(provider, options.RequestLog));
        services.AddSingleton<Lifecycle>().AddHostedService(provider => provider.GetRequiredService<Lifecycle>());
        services.AddSingleton<ProbeEndpoints>().AddSingleton<HealthEndpoint>();
        services.AddSingleton<VersionEndpoints>().AddSingleton<ItemEndpoints>();
        services.AddSingleton<RootEndpoint>().AddSingleton<OpenApiEndpoint>().AddSingleton<DemoPage>();
        AddFaults(services, options.Faults);
        AddServers(services, options);
        services.AddSingleton(provider => new HealthChecks(
            Checks(provider),
            options,
            provider.GetRequiredService<CheckMeter>(),
            provider.GetRequiredService<TimeProvider>()));
        if (options.OtlpEndpoint is { } endpoint)
        {
            services.AddHostedService(_ => new RequestTraces(options, endpoint));
        }
    }

    private static void AddFaults(IServiceCollection services, FaultOptions faults)
    {
        services.AddSingleton<FaultBoard>().AddSingleton(new FaultDice(faults.Seed)).AddSingleton<FaultGate>();
        services.AddSingleton<FaultPanel>().AddSingleton<FaultGuard>().AddSingleton<FaultEndpoints>();
        services.AddSingleton<OneShotEndpoints>().AddHostedService<FaultEffects>();
        services.AddSingleton(provider => new FaultJournal(provider.GetService<Database>()));
    }

    private static void AddServers(IServiceCollection services, ApiOptions options)
    {
        services.AddSingleton(provider => new ItemSource(
            provider.GetService<Database>(), provider.GetService<RedisLink>()));
        if (options.Postgres.Length > 0)
        {
            services.AddSingleton(_ => new Database(options.Postgres));
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<DatabaseStart>(
                provider, provider.GetRequiredService<FaultJournal>().Unsaved));
        }

        if (options.Redis.Length > 0)
        {
            services.AddSingleton(_ => new RedisLink(options.Redis));
            services
                .AddSingleton<FaultSharing>()
                .AddHostedService(provider => provider.GetRequiredService<FaultSharing>());
        }
    }

    private static List<HealthCheck> Checks(IServiceProvider provider)
    {
        var clock = provider.GetRequiredService<TimeProvider>();
        List<HealthCheck> checks = [.. OwnChecks.Create(provider.GetRequiredService<FaultBoard>(), clock)];
        if (provider.GetService<Database>() is { } database)
        {
            checks.Add(DependencyChecks.Of(database, clock));
        }

        if (provider.GetService<RedisLink>() is { } redis)
        {
            checks.Add(DependencyChecks.Of(redis, clock));
        }

        return checks;
    }
}
