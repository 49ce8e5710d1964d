using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Rollouts.AnalysisController.Endpoints;
using Rollouts.AnalysisController.Journal;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Leadership;
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

    private static async Task<string> CheckAsync(
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
        var unfenced = new KubernetesClient(http, clock);
        var version = await CheckAsync(unfenced, config, namespaces, cancellation);

        using var queue = new ReconcileQueue(clock);
        using var metrics = new ControllerMetrics(queue);
        metrics.InitializeIn(registry);
        var jitter = new Random(Environment.ProcessId);
        var identity = $"{Environment.MachineName}_{Guid.NewGuid()}";
        var fence = options.Lease is null ? null : new WriteFence(clock);
        var election =
            options.Lease is { } lease && fence is not null
                ? new LeaderElection(unfenced, OptionsOf(lease, config, identity), fence, clock, jitter, log)
                : null;
        if (election is not null)
        {
            metrics.ShowLeader(election.Options.Lease.Name, () => election.IsLeader);
        }

        var client = new KubernetesClient(http, clock, fence);
        var caches = new ClusterCaches(namespaces.Count);
        var freshness = new WatchFreshness(clock);
        var probe = new ApiServerProbe(unfenced, clock);
        var journal = options.Journal is { } kept ? new EvidenceJournal(kept, clock, metrics, log) : null;
        var events = new EventRecorder(
            client,
            identity,
            clock,
            metrics.EventEnded,
            (lost, why) =>
                ControllerLog.EventFailed(log, lost.Reason, lost.Regarding.Kind, lost.Regarding.Name, why)
        );
        var witnesses = new Witnesses(journal, events);
        using var scrapeHttp = ScrapeHttp.Connect();
        using var scraper = new PodScraper(scrapeHttp, new ScrapeLimits(), clock);
        var term = new LeaderTerm(caches, queue, BeginTerm, events.RunAsync, witnesses, metrics, clock);
        var watches = new WatchLoop(client, caches, queue, freshness, metrics, clock, jitter, log);

        ProbeEndpoints.Map(web, new ControllerHealth(caches, freshness, probe, client, election, clock));
        MetricsEndpoint.Map(web, registry);
        await web.StartAsync(cancellation);
        var scope = options.Namespaces is [] ? "all namespaces" : $"namespace {string.Join(", ", options.Namespaces)}";
        ControllerLog.Started(log, AddressOf(web), config.Server, config.Source, version, scope);
        await RunAsync(
            stop => election is null ? term.RunAsync(stop, CancellationToken.None) : election.RunAsync(term.RunAsync, stop),
            rest => Task.WhenAll(
                watches.RunAsync(namespaces, rest),
                probe.RunAsync(rest),
                journal?.RunAsync(rest) ?? Task.CompletedTask),
            cancellation);
        ControllerLog.Stopped(log);
        await web.StopAsync(CancellationToken.None);
        return 0;

        ReconcileLoop BeginTerm() =>
            new(
                queue,
                new RolloutReconciler(caches, client, scraper, witnesses, metrics, clock, log),
                metrics,
                clock,
                jitter,
                log
            );
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

    private static LeaderElectionOptions OptionsOf(LeaseOptions lease, ClusterConfig config, string identity) =>
        new()
        {
            Lease = new ObjectKey(lease.Namespace ?? config.Namespace ?? "default", lease.Name),
            Identity = identity,
            LeaseDuration = lease.LeaseDuration,
            RenewDeadline = lease.RenewDeadline,
            RetryPeriod = lease.RetryPeriod,
        };

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
