using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rollouts.AnalysisController.Journal;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.AnalysisController.Scraping;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>
/// One Rollout with four stable pods and one canary pod, an API server that holds AnalysisRuns, and the real
/// reconciler, client and scraper on virtual time. A restart is a new <see cref="Start"/>.
/// </summary>
internal sealed class World : IDisposable
{
    private const string Hash = "rollouts-pod-template-hash";
    private readonly ClusterServer _server;
    private readonly PodServer _pods;
    private readonly HttpClient _api;
    private readonly HttpClient _scrapes;
    private readonly ReconcileQueue _queue;
    private readonly ControllerMetrics _metrics;
    private readonly PodScraper _scraper;
    private ClusterCaches _caches = new();
    private RolloutReconciler _reconciler = null!;
    private PolicyReconciler _policies = null!;
    private Witnesses _witnesses = new(null, null, _ => null);
    private EvidenceJournal? _journal;

    public World()
    {
        _pods = new PodServer(Clock);
        _server = new ClusterServer(Clock);
        Events = new EventLog(Clock);
        _server.Add(_server.Rollouts, JsonNode.Parse(RolloutJson)!.AsObject());
        _api = new HttpClient(_server) { BaseAddress = new Uri("http://cluster/") };
        _scrapes = new HttpClient(_pods);
        _queue = new ReconcileQueue(Clock);
        _metrics = new ControllerMetrics(new Dictionary<string, ReconcileQueue> { ["rollout"] = _queue });
        _scraper = new PodScraper(_scrapes, new ScrapeOptions(), Clock);
        Start();
    }

    public VirtualClock Clock { get; } = new();

    public ClusterServer Server => _server;

    public EventLog Events { get; }

    /// <summary>Share of the canary's requests that fail; stable's is 0.001.</summary>
    public double CanaryErrorRatio
    {
        get => _pods.CanaryErrorRatio;
        set => _pods.CanaryErrorRatio = value;
    }

    private static ObjectKey Key { get; } = new("default", "sample");

    /// <summary>Bytes by which the canary's resident memory grows each second; stable's stays.</summary>
    public double CanaryLeakBytesPerSecond
    {
        get => _pods.CanaryLeakBytesPerSecond;
        set => _pods.CanaryLeakBytesPerSecond = value;
    }

    /// <summary>What others write is seen only where we read it ourselves.</summary>
    public bool IsWatchLagging { get; set; }

    /// <summary>Counts from the next start on; at most eight.</summary>
    public int StablePods { get; set; } = 4;

    /// <summary>No pod takes a connection.</summary>
    public bool ArePodsSilent
    {
        get => _pods.IsSilent;
        set => _pods.IsSilent = value;
    }

    /// <summary>Counts from the next start on: each watch lags by itself.</summary>
    public bool IsCanarySetSeen { get; set; } = true;

    /// <summary>The memory limit of each container, from the next start on.</summary>
    public string MemoryLimit { get; set; } = "512Mi";

    /// <summary>What the canary's ReplicaSet says of its revision; null for nothing.</summary>
    public string? CanaryRevision { get; set; }

    /// <summary>
    /// Further pods of the Rollout's experiment: four copies of stable and one of the canary, numbered 9.
    /// </summary>
    public bool HasExperiment { get; set; }

    /// <summary>Failures of the API server are tried again too; else they end a test.</summary>
    public bool RetriesAll { get; set; }

    /// <summary>Where the reconciler logs from its next start on.</summary>
    public ILogger Log { get; set; } = NullLogger.Instance;

    /// <summary>Where the process journals from its next start on; null keeps no journal.</summary>
    public string? JournalFolder { get; set; }

    /// <summary>
    /// The process begins, or begins again: nothing is left but what the cluster holds, and the disk.
    /// </summary>
    public void Start()
    {
        _journal = JournalFolder is { } folder
            ? new EvidenceJournal(new JournalOptions(folder, 1 << 30), Clock, _metrics, NullLogger.Instance)
            : null;
        _witnesses = new Witnesses(_journal, Events.Recorder, key => _caches.Policies.Find(key));
        _caches = new ClusterCaches();
        _caches.Experiments.Apply(Listed<Experiment>(HasExperiment ? [ExperimentJson] : []));
        string[] copies = HasExperiment ? [Copy("baseline", "old"), Copy("canary", "new")] : [];
        var (stable, canary) = HasExperiment ? ("baseline", "canary") : ("old", "new");
        string[] sets = IsCanarySetSeen ? [Set("old"), Set("new")] : [Set("old")];
        _caches.ReplicaSets.Apply(Listed<ReplicaSet>([.. sets, .. copies]));
        _caches.Pods.Apply(
            Listed<Pod>([.. Enumerable.Range(1, StablePods).Select(n => PodJson(stable, n)), PodJson(canary, 9)])
        );
        var client = new KubernetesClient(_api, Clock);
        _reconciler = new RolloutReconciler(
            _caches,
            client,
            _scraper,
            _witnesses,
            _metrics,
            Clock,
            Log
        );
        _policies = new PolicyReconciler(_caches, client, Clock);
        Watch();
    }

    /// <summary>What a process does first once its caches are in sync.</summary>
    public void CatchUp() => _witnesses.CatchUp(_caches.AnalysisRuns.All);

    /// <summary>The disk takes what waits for it; a process that is killed before this loses it.</summary>
    public Task FlushJournalAsync() =>
        _journal?.RunAsync(new CancellationToken(canceled: true)) ?? Task.CompletedTask;

    /// <summary>The watch catches up with the API server.</summary>
    public void Watch()
    {
        _caches.AnalysisRuns.Apply(Listed<AnalysisRun>([.. _server.Runs.Select(run => run.ToJsonString())]));
        _caches.Rollouts.Apply(Listed<Rollout>([.. _server.Rollouts.Select(rollout => rollout.ToJsonString())]));
        _caches.Policies.Apply(Listed<CanaryPolicy>([.. _server.Policies.Select(policy => policy.ToJsonString())]));
    }

    /// <summary>A CanaryPolicy may act on the Rollout.</summary>
    public void PutUnderPolicy()
    {
        Server.Add(
            Server.Policies,
            JsonNode
                .Parse(
                    """
                    {"metadata": {"name": "sample", "namespace": "default", "uid": "uid-sample", "generation": 1,
                     "creationTimestamp": "2025-12-31T00:00:00Z"},
                     "spec": {"rolloutRef": {"name": "sample"}, "mode": "Enforce", "analysis": {"preset": "fast"} } }
                    """
                )!
                .AsObject()
        );
        Watch();
    }

    /// <summary>Reconciles whenever it is due, for so long. Conflicts are retried as the loop would.</summary>
    public async Task RunAsync(TimeSpan duration)
    {
        var end = Clock.GetUtcNow() + duration;
        while (Clock.GetUtcNow() < end)
        {
            // The disk is quick: what a kill can lose is the line of the latest patch.
            await FlushJournalAsync();
            DateTimeOffset? dueAt;
            try
            {
                dueAt = await _reconciler.ReconcileAsync(Key, TestContext.Current.CancellationToken);
            }
            catch (KubernetesException e) when (e.IsConflict || RetriesAll)
            {
                dueAt = Clock.GetUtcNow() + (e.IsConflict ? TimeSpan.Zero : e.RetryAfter ?? TimeSpan.FromSeconds(1));
            }

            await ReconcilePoliciesAsync();
            if (!IsWatchLagging)
            {
                Watch();
            }

            var next = dueAt is { } at && at < end ? at : end;
            Clock.Advance(next > Clock.GetUtcNow() ? next - Clock.GetUtcNow() : TimeSpan.FromMilliseconds(1));
        }
    }

    private async Task ReconcilePoliciesAsync()
    {
        foreach (var policy in _caches.Policies.All.ToList())
        {
            await _policies.ReconcileAsync(ObjectKey.Of(policy), TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        _scraper.Dispose();
        _metrics.Dispose();
        _queue.Dispose();
        _scrapes.Dispose();
        _api.Dispose();
        _pods.Dispose();
        _server.Dispose();
        Events.Dispose();
    }

    private static ResourceEvent<T>.Listed Listed<T>(params string[] items) =>
        new([
            .. items.Select(item =>
                (T)JsonSerializer.Deserialize(item, KubernetesJson.Default.GetTypeInfo(typeof(T))!)!
            ),
        ]);

    private const string RolloutJson =
        """
        {"metadata":{"name":"sample","namespace":"default","uid":"ro-1","labels":{"team":"shop"},
         "annotations":{"rollout.argoproj.io/revision":"7"} },
         "spec":{"strategy":{"canary":{"steps":[{"setWeight":20},{"experiment":{"templates":[
           {"name":"baseline","specRef":"stable"},{"name":"canary","specRef":"canary"}]} }]} } },
         "status":{"stableRS":"old","currentPodHash":"new","currentStepIndex":1} }
        """;

    private string Set(string hash) =>
        $$"""
            {"metadata":{"name":"sample-{{hash}}","namespace":"default","uid":"rs-{{hash}}",
             "labels":{"{{Hash}}":"{{hash}}"},"annotations":{ {{RevisionOf(hash)}} },
             "ownerReferences":[{"kind":"Rollout","name":"sample","uid":"ro-1","controller":true}]} }
            """;

    private string RevisionOf(string hash) =>
        hash == "new" && CanaryRevision is { } revision ? $"\"rollout.argoproj.io/revision\":\"{revision}\"" : "";

    private const string ExperimentJson =
        """
        {"metadata":{"name":"sample-new-7-0","namespace":"default","uid":"exp-1",
         "labels":{"rollouts-pod-template-hash":"new"},
         "ownerReferences":[{"kind":"Rollout","name":"sample","uid":"ro-1","controller":true}]} }
        """;

    /// <summary>A ReplicaSet of the experiment, with the very hash of the version that it copies.</summary>
    private static string Copy(string template, string hash) =>
        $$"""
            {"metadata":{"name":"sample-{{template}}","namespace":"default","uid":"rs-{{template}}",
             "labels":{"{{Hash}}":"{{hash}}"},"annotations":{"experiment.argoproj.io/template-name":"{{template}}"},
             "ownerReferences":[{"kind":"Experiment","name":"sample-new-7-0","uid":"exp-1","controller":true}]} }
            """;

    private string PodJson(string hash, int number) =>
        $$"""
            {"metadata":{"name":"sample-{{hash}}-{{number}}","namespace":"default","uid":"pod-{{number}}",
             "labels":{"{{Hash}}":"{{hash}}"},
             "ownerReferences":[{"kind":"ReplicaSet","name":"sample-{{hash}}","uid":"rs-{{hash}}","controller":true}]},
             "spec":{"containers":[{"name":"api","ports":[{"containerPort":8080}],
               "resources":{"limits":{"memory":"{{MemoryLimit}}"} } }]},
             "status":{"podIP":"10.0.0.{{number}}","phase":"Running",
             "conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2025-12-31T23:50:00Z"}]} }
            """;
}
