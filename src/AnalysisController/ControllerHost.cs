using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Rollouts.AnalysisController.Endpoints;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.AnalysisController.Scraping;
using Rollouts.Exposition.Metrics;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace Rollouts.AnalysisController;

/// <summary>
/// Puts the parts together, runs them until cancelled, and turns what cannot work into one line and an exit code.
/// </summary>
internal static class ControllerHost
{
    /// <summary>Exit code when the cluster or the machine does not allow what was asked.</summary>
    private const int Failed = 1;

    /// <summary>Exit code when what was asked cannot be understood.</summary>
    public const int BadSettings = 2;

    public static async Task<int> RunAsync(ControllerOptions options, CancellationToken cancellation)
    {
        try
        {
            var config = Kubeconfig.Load(options.Kubeconfig, options.Context, Environment.GetEnvironmentVariable);
            using var http = KubernetesHttp.Connect(config);
            var client = new KubernetesClient(http, TimeProvider.System);
            var cluster = await CheckAsync(client, config, options, cancellation);
            return await ServeAsync(options, config, client, cluster, cancellation);
        }
        catch (ClusterConfigException e)
        {
            await Console.Error.WriteLineAsync($"analysis-controller: {e.Message}");
            return BadSettings;
        }
        catch (Exception e) when (e is KubernetesException or IOException)
        {
            await Console.Error.WriteLineAsync($"analysis-controller: {e.Message}");
            return Failed;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static async Task<ClusterTraits> CheckAsync(
        KubernetesClient client,
        ClusterConfig config,
        ControllerOptions options,
        CancellationToken cancellation
    )
    {
        try
        {
            return await Preflight.CheckAsync(client, options.Namespace, cancellation);
        }
        catch (KubernetesException e)
        {
            throw new KubernetesException($"API server {config.Server} ({config.Source}): {e.Message}", e);
        }
    }

    private static async Task<int> ServeAsync(
        ControllerOptions options,
        ClusterConfig config,
        KubernetesClient client,
        ClusterTraits cluster,
        CancellationToken cancellation
    )
    {
        var clock = TimeProvider.System;
        var jitter = new Random(Environment.ProcessId);
        using var rollouts = new ReconcileQueue(clock);
        using var policies = new ReconcileQueue(clock);
        using var scrapeHttp = PodConnection.Open(options.Scrape, config);
        using var scraper = new PodScraper(scrapeHttp, options.Scrape, clock);
        using var registry = new MetricRegistry(ControllerMetrics.MeterName);
        using var metrics = new ControllerMetrics(
            new Dictionary<string, ReconcileQueue>
            {
                [ControllerMetrics.RolloutController] = rollouts,
                [ControllerMetrics.PolicyController] = policies,
            }
        );
        await using var web = Build(options);
        var log = web.Services.GetRequiredService<ILoggerFactory>().CreateLogger("controller");
        var caches = new ClusterCaches();
        var watches = new WatchLoop(client, caches, rollouts, policies, metrics, clock, jitter, log);
        var reconciler = new RolloutReconciler(caches, client, scraper, metrics, clock, log);
        var policyReconciler = new PolicyReconciler(caches, client, clock);
        var loops = new[]
        {
            new ReconcileLoop(
                ControllerMetrics.RolloutController,
                rollouts,
                reconciler.ReconcileAsync,
                metrics,
                clock,
                jitter,
                log
            ),
            new ReconcileLoop(
                ControllerMetrics.PolicyController,
                policies,
                policyReconciler.ReconcileAsync,
                metrics,
                clock,
                jitter,
                log
            ),
        };

        ProbeEndpoints.Map(web, caches);
        MetricsEndpoint.Map(web, registry);
        VerdictEndpoint.Map(web, new VerdictLookup(caches, clock), options.VerdictTokenFile);
        await web.StartAsync(cancellation);
        var address = web
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        var scope = options.Namespace is { } name ? $"namespace {name}" : "all namespaces";
        ControllerLog.Started(log, address, config.Server, config.Source, cluster.Version, scope);
        try
        {
            await Task.WhenAll([
                watches.RunAsync(
                    new WatchScope(options.Namespace, options.InstanceId, cluster.HasPolicies),
                    cancellation
                ),
                .. loops.Select(loop => loop.RunAsync(cancellation)),
            ]);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            ControllerLog.Stopped(log);
        }

        await web.StopAsync(CancellationToken.None);
        return 0;
    }

    private static WebApplication Build(ControllerOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Listen(options.Listen);
            });
        builder.Services.AddRoutingCore();
        builder.Logging.AddSerilog(Logger(options), dispose: true);
        return builder.Build();
    }

    private static Serilog.Core.Logger Logger(ControllerOptions options)
    {
        var settings = new LoggerConfiguration()
            .MinimumLevel.Is((LogEventLevel)Math.Clamp((int)options.LogLevel, 0, (int)LogEventLevel.Fatal))
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            // What keeps the host from starting is said once, in one line, by RunAsync.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting", LogEventLevel.Fatal);
        return (
            options.LogFormat switch
            {
                LogFormat.Json => settings.WriteTo.Console(new JsonFormatter(renderMessage: true)),
                LogFormat.Text => settings.WriteTo.Console(
                    outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:l}{NewLine}{Exception}",
                    formatProvider: CultureInfo.InvariantCulture
                ),
            }
        ).CreateLogger();
    }
}
