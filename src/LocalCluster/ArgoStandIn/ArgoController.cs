using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Metrics;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;

namespace Rollouts.LocalCluster.ArgoStandIn;

/// <summary>
/// Plays Argo Rollouts' controller: START HERE. Watches Rollouts, ReplicaSets, AnalysisRuns and templates, and
/// reconciles what they concern; the decisions are in Strategy/RolloutReconciler and Runs/AnalysisRunReconciler.
/// </summary>
/// <remarks>
/// Played: canary with setWeight, setCanaryScale, pause, analysis and experiment steps, background analysis,
/// trafficRouting as weights in the status, dynamicStableScale; blue-green with pre- and post-promotion analysis;
/// workloadRef; instance ids; progress deadlines. Not played, and refused where it would matter: weights of
/// experiments, header and mirror routes, ping-pong, metadata of arms, job and other metrics than web and plugin. Not
/// played, and harmless: anti-affinity. Rollouts and ReplicaSets are read fresh, AnalysisRuns through a cache that may
/// lag, since the companion writes to these only.
/// </remarks>
internal sealed class ArgoController(
    ClusterObjects objects,
    TimeProvider clock,
    ILogger? logger = null,
    InstanceId? instance = null,
    ArgoRelease release = ArgoRelease.Current,
    TimeSpan cacheLag = default)
{
    private const int BodyBytes = 1 << 20;

    private readonly ILogger _log = logger ?? NullLogger<ArgoController>.Instance;
    private readonly InstanceId _instance = instance ?? InstanceId.None;
    private readonly RunPhases _phases = new();

    /// <summary>What Argo knows of the runs; a test can make it lag.</summary>
    public RunCache Runs { get; } = new();

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        using var http = new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = BodyBytes,
        };
        var events = new EventRecorder(objects, clock);
        var providers = new MetricProviders(new WebMetric(http, clock), clock);
        var runController = new RunController(objects, Runs, providers, events, clock, _instance, release);
        var runs = new ReconcileLoop(runController.ReconcileAsync, clock, _log);
        var rolloutController = new RolloutController(objects, events, clock, _instance);
        var rollouts = new ReconcileLoop(rolloutController.ReconcileAsync, clock, _log);
        var experimentController = new ExperimentController(objects, events, clock, _instance);
        var experiments = new ReconcileLoop(experimentController.ReconcileAsync, clock, _log);
        var owners = new Dictionary<string, ReconcileLoop> { ["Rollout"] = rollouts, ["Experiment"] = experiments };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] tasks =
        [
            runs.RunAsync(stop.Token),
            rollouts.RunAsync(stop.Token),
            experiments.RunAsync(stop.Token),
            .. cacheLag > TimeSpan.Zero ? (Task[])[LagAsync(runs, stop.Token)] : [],
            WatchAsync(ArgoNames.Rollouts, change => rollouts.Add(ObjectKey.Of(change.Object)), stop.Token),
            WatchAsync(ArgoNames.Experiments, change =>
            {
                experiments.Add(ObjectKey.Of(change.Object));
                AddOwner(owners, change.Object);
            }, stop.Token),
            WatchAsync(ArgoNames.ReplicaSets, change => AddOwner(owners, change.Object), stop.Token),
            WatchAsync(ArgoNames.Deployments, change => AddNamespace(rollouts, change.Object), stop.Token),
            WatchAsync(ArgoNames.Services, change => AddNamespace(rollouts, change.Object), stop.Token),
            WatchAsync(ArgoNames.AnalysisRuns, change => Learn(change, runs, owners), stop.Token),
            WatchAsync(ArgoNames.AnalysisTemplates, _ => AddAll(rollouts), stop.Token),
            WatchAsync(ArgoNames.ClusterAnalysisTemplates, _ => AddAll(rollouts), stop.Token),
        ];
        // None of them ends by itself: one that does takes the others with it, and its failure is ours.
        await Task.WhenAny(tasks);
        await stop.CancelAsync();
        await Task.WhenAll(tasks);
    }

    private async Task WatchAsync(string resource, Action<ClusterEvent> react, CancellationToken cancellation)
    {
        await foreach (var change in objects.WatchAsync(resource, cancellation))
            react(change);
    }

    private async Task LagAsync(ReconcileLoop runs, CancellationToken cancellation)
    {
        Runs.HoldBack();
        while (true)
        {
            await Task.Delay(cacheLag, clock, cancellation);
            foreach (var key in Runs.CatchUp())
                runs.Add(key);
        }
    }

    private void Learn(ClusterEvent change, ReconcileLoop runs, Dictionary<string, ReconcileLoop> owners)
    {
        Runs.Apply(change);
        runs.Add(ObjectKey.Of(change.Object));
        if (_phases.Learn(change))
            AddOwner(owners, change.Object);
    }

    private static void AddOwner(Dictionary<string, ReconcileLoop> owners, JsonObject item)
    {
        var owner = item.Items("metadata", "ownerReferences").FirstOrDefault(reference => reference.Flag("controller"));
        if (owners.TryGetValue(owner.Text("kind") ?? "", out var loop))
            loop.Add(new ObjectKey(ObjectKey.Of(item).Namespace, owner.Text("name") ?? ""));
    }

    private void AddNamespace(ReconcileLoop rollouts, JsonObject item)
    {
        foreach (var rollout in objects.List(ArgoNames.Rollouts, ObjectKey.Of(item).Namespace))
            rollouts.Add(ObjectKey.Of(rollout));
    }

    private void AddAll(ReconcileLoop rollouts)
    {
        foreach (var rollout in objects.List(ArgoNames.Rollouts))
            rollouts.Add(ObjectKey.Of(rollout));
    }
}
