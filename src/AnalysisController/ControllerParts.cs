using Rollouts.AnalysisController.Endpoints;
using Rollouts.AnalysisController.Journal;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Leadership;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController;

/// <summary>The parts of a controller that has a cluster, put together: what leads, and what runs beside it.</summary>
internal sealed class ControllerParts : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Random _jitter = new(Environment.ProcessId);
    private readonly ReconcileQueue _rollouts;
    private readonly ReconcileQueue _policies;
    private readonly ClusterCaches _caches;
    private readonly KubernetesClient _client;
    private readonly WatchFreshness _freshness;
    private readonly ApiServerProbe _probe;
    private readonly EvidenceJournal? _journal;
    private readonly Witnesses _witnesses;
    private readonly HttpClient _scrapeHttp;
    private readonly PodScraper _scraper;
    private readonly LeaderElection? _election;
    private readonly LeaderTerm _term;

    public ControllerParts(
        ControllerOptions options,
        ClusterConfig config,
        HttpClient http,
        int scopes,
        TimeProvider clock,
        ILogger log
    )
    {
        _clock = clock;
        _log = log;
        _rollouts = new ReconcileQueue(clock);
        _policies = new ReconcileQueue(clock);
        _rollouts.Close();
        _policies.Close();
        Metrics = new ControllerMetrics(
            new Dictionary<string, ReconcileQueue>
            {
                [ControllerMetrics.RolloutController] = _rollouts,
                [ControllerMetrics.PolicyController] = _policies,
            }
        );
        _caches = new ClusterCaches(scopes);
        _freshness = new WatchFreshness(clock);
        var unfenced = new KubernetesClient(http, clock);
        _probe = new ApiServerProbe(unfenced, clock);
        var identity = $"{Environment.MachineName}_{Guid.NewGuid()}";
        var fence = options.Lease is null ? null : new WriteFence(clock);
        _client = new KubernetesClient(http, clock, fence);
        if (options.Lease is { } lease && fence is not null)
        {
            var election = OptionsOf(lease, config, identity);
            _election = new LeaderElection(unfenced, election, fence, clock, new Random(_jitter.Next()), log);
            Metrics.ShowLeader(election.Lease.Name, () => fence.IsOpen);
        }

        _journal = options.Journal is { } kept ? new EvidenceJournal(kept, clock, Metrics, log) : null;
        var events = new EventRecorder(_client, identity, clock, Metrics.EventEnded, EventFailed);
        _witnesses = new Witnesses(_journal, events, _caches.Policies.Find);
        _scrapeHttp = PodConnection.Open(options.Scrape, config);
        _scraper = new PodScraper(_scrapeHttp, options.Scrape, clock);
        _term = new LeaderTerm(_caches, _rollouts, _policies, Begin, events.RunAsync, _witnesses, Metrics, clock);
        Verdicts = new VerdictLookup(_caches, clock);
        Health = new ControllerHealth(_caches, _freshness, _probe, _client, _journal, _election, clock);
    }

    public ControllerMetrics Metrics { get; }

    public ControllerHealth Health { get; }

    public VerdictLookup Verdicts { get; }

    /// <summary>
    /// What only one of several controllers does: at once where it is alone, else when its turn comes.
    /// </summary>
    public Task LeadAsync(CancellationToken stop) =>
        _election is null ? _term.RunAsync(stop, CancellationToken.None) : _election.RunAsync(_term.RunAsync, stop);

    /// <summary>What everybody does, leader or stand-by: a stand-by whose caches are warm takes over at once.</summary>
    public Task ServeAsync(WatchScope scope, CancellationToken cancellation)
    {
        var watches = new WatchLoop(
            _client,
            _caches,
            _rollouts,
            _policies,
            _freshness,
            Metrics,
            _clock,
            _jitter,
            _log
        );
        return Task.WhenAll(
            watches.RunAsync(scope, cancellation),
            _probe.RunAsync(cancellation),
            _journal?.RunAsync(cancellation) ?? Task.CompletedTask
        );
    }

    public void Dispose()
    {
        _scraper.Dispose();
        _scrapeHttp.Dispose();
        Metrics.Dispose();
        _rollouts.Dispose();
        _policies.Dispose();
    }

    private IReadOnlyList<ReconcileLoop> Begin()
    {
        var rollouts = new RolloutReconciler(_caches, _client, _scraper, _witnesses, Metrics, _clock, _log);
        var policies = new PolicyReconciler(_caches, _client, _clock);
        return
        [
            Loop(ControllerMetrics.RolloutController, _rollouts, rollouts.ReconcileAsync),
            Loop(ControllerMetrics.PolicyController, _policies, policies.ReconcileAsync),
        ];
    }

    private ReconcileLoop Loop(
        string controller,
        ReconcileQueue queue,
        Func<ObjectKey, CancellationToken, Task<DateTimeOffset?>> reconcile
    ) => new(controller, queue, reconcile, Metrics, _clock, new Random(_jitter.Next()), _log);

    private void EventFailed(ObjectEvent lost, string why) =>
        ControllerLog.EventFailed(_log, lost.Reason, lost.Regarding.Kind, lost.Regarding.Name, why);

    private static LeaderElectionOptions OptionsOf(LeaseOptions lease, ClusterConfig config, string identity) =>
        new()
        {
            Lease = new ObjectKey(lease.Namespace ?? config.Namespace ?? "default", lease.Name),
            Identity = identity,
            LeaseDuration = lease.LeaseDuration,
            RenewDeadline = lease.RenewDeadline,
            RetryPeriod = lease.RetryPeriod,
        };
}
