using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Rollouts.AnalysisController.Endpoints;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.Exposition.Metrics;
using Serilog;
using Serilog.Events;

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
            return await ServeAsync(options, config, cancellation);
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
        IReadOnlyList<string?> namespaces,
        CancellationToken cancellation
    )
    {
        try
        {
            return await Preflight.CheckAsync(client, namespaces, cancellation);
        }
        catch (KubernetesException e)
        {
            throw new KubernetesException($"API server {config.Server} ({config.Source}): {e.Message}", e);
        }
    }

    private static async Task<int> ServeAsync(
        ControllerOptions options,
        ClusterConfig config,
        CancellationToken cancellation
    )
    {
        var clock = TimeProvider.System;
        await using var web = Build(options);
        var log = web.Services.GetRequiredService<ILoggerFactory>().CreateLogger("controller");
        using var registry = new MetricRegistry(ControllerMetrics.MeterName);
        using var http = KubernetesHttp.Connect(config, inner => new RestClientMetrics(clock, log, inner));
        var namespaces = options.Namespaces is [] ? (IReadOnlyList<string?>)[null] : options.Namespaces;
        var cluster = await CheckAsync(new KubernetesClient(http, clock), config, namespaces, cancellation);

        using var parts = new ControllerParts(options, config, http, namespaces.Count, clock, log);
        parts.Metrics.InitializeIn(registry);
        ProbeEndpoints.Map(web, parts.Health);
        MetricsEndpoint.Map(web, registry);
        VerdictEndpoint.Map(web, parts.Verdicts, options.VerdictTokenFile);
        await web.StartAsync(cancellation);
        var scope = options.Namespaces is [] ? "all namespaces" : $"namespace {string.Join(", ", options.Namespaces)}";
        ControllerLog.Started(log, AddressOf(web), config.Server, config.Source, cluster.Version, scope);
        await RunAsync(
            parts.LeadAsync,
            rest => parts.ServeAsync(
                new WatchScope(namespaces, options.InstanceId, cluster.HasExperiments, cluster.HasPolicies), rest),
            cancellation
        );
        ControllerLog.Stopped(log);
        await web.StopAsync(CancellationToken.None);
        return 0;
    }

    /// <summary>
    /// Runs the work, and beside it what the work stands on; that goes on until the work has drained. Whichever fails
    /// takes the other down with it.
    /// </summary>
    private static async Task RunAsync(
        Func<CancellationToken, Task> work, Func<CancellationToken, Task> besides, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var rest = new CancellationTokenSource();
        var working = work(stop.Token);
        var beside = besides(rest.Token);
        if (await Task.WhenAny(working, beside) == beside)
        {
            await stop.CancelAsync();
        }

        await EndAsync(working, stop.Token);
        await rest.CancelAsync();
        await EndAsync(beside, rest.Token);
    }

    private static async Task EndAsync(Task part, CancellationToken told)
    {
        try
        {
            await part;
        }
        catch (OperationCanceledException) when (told.IsCancellationRequested)
        {
            // It was told to end.
        }
    }

    private static string AddressOf(WebApplication web) =>
        web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    private static WebApplication Build(ControllerOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                if (options.Listen.Address.Equals(IPAddress.IPv6Any))
                {
                    // IPv4 too, and IPv4 alone on a machine without IPv6.
                    kestrel.ListenAnyIP(options.Listen.Port);
                }
                else
                {
                    kestrel.Listen(options.Listen);
                }
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
                LogFormat.Json => settings.WriteTo.Console(new LogLines()),
                LogFormat.Text => settings.WriteTo.Console(
                    outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:l}{NewLine}{Exception}",
                    formatProvider: CultureInfo.InvariantCulture
                ),
            }
        ).CreateLogger();
    }
}
