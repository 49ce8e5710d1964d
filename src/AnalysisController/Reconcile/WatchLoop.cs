using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>What of the cluster is watched.</summary>
/// <param name="Namespaces">Null among them is all namespaces.</param>
/// <param name="InstanceId">
/// Which Rollouts are ours among several Argo controllers'; null for those without an id.
/// </param>
/// <param name="HasExperiments">Whether the cluster serves Experiments and lets us read them.</param>
/// <param name="HasPolicies">Whether the cluster serves our own resource; without it there is none to wait for.</param>
internal sealed record WatchScope(
    IReadOnlyList<string?> Namespaces, string? InstanceId, bool HasExperiments, bool HasPolicies);

/// <summary>Feeds the caches from the watches, and the queue with the keys that a change concerns.</summary>
internal sealed class WatchLoop(
    KubernetesClient client,
    ClusterCaches caches,
    ReconcileQueue rollouts,
    ReconcileQueue policies,
    WatchFreshness freshness,
    ControllerMetrics metrics,
    TimeProvider clock,
    Random jitter,
    ILogger log)
{
    public Task RunAsync(WatchScope scope, CancellationToken cancellation)
    {
        if (!scope.HasPolicies)
        {
            ControllerLog.NoPolicies(log);
        }

        return Task.WhenAll(scope.Namespaces.SelectMany(name => new[]
        {
            FollowAsync(ResourceTypes.RolloutsOf(scope.InstanceId), caches.Rollouts, name, cancellation),
            FollowAsync(ResourceTypes.ReplicaSets, caches.ReplicaSets, name, cancellation),
            FollowAsync(ResourceTypes.Pods, caches.Pods, name, cancellation),
            FollowAsync(ResourceTypes.AnalysisRuns, caches.AnalysisRuns, name, cancellation),
            scope.HasExperiments
                ? FollowAsync(ResourceTypes.Experiments, caches.Experiments, name, cancellation)
                : KnowNone(caches.Experiments, name),
            scope.HasPolicies
                ? FollowAsync(ResourceTypes.CanaryPolicies, caches.Policies, name, cancellation)
                : KnowNone(caches.Policies, name),
        }));
    }

    private static Task KnowNone<T>(ResourceCache<T> cache, string? @namespace)
        where T : IKubernetesObject
    {
        cache.Apply(new ResourceEvent<T>.Listed([]), @namespace);
        return Task.CompletedTask;
    }

    private async Task FollowAsync<T>(
        ResourceType<T> type, ResourceCache<T> cache, string? @namespace, CancellationToken cancellation)
        where T : IKubernetesObject
    {
        var name = @namespace is null ? type.Plural : $"{@namespace}/{type.Plural}";
        freshness.Expect(name);
        // A Random is not for several at once: each watch draws from its own.
        var watch = new ResourceWatch<T>(client, type, @namespace, clock, new Random(jitter.Next()));
        await foreach (var change in watch.FollowAsync(cancellation))
        {
            if (change is ResourceEvent<T>.Interrupted(var cause, var retryAfter))
            {
                freshness.Broke(name, cause.Message);
                metrics.WatchInterrupted(type.Plural);
                ControllerLog.WatchInterrupted(log, name, cause.Message, retryAfter.TotalSeconds);
                continue;
            }

            freshness.Heard(name);
            var wasSynced = caches.AreSynced;
            foreach (var item in cache.Apply(change, @namespace))
            {
                Enqueue(item);
            }

            if (!wasSynced && caches.AreSynced)
            {
                ControllerLog.CachesSynced(log, caches.Rollouts.All.Count);
                // What arrived before its owner did could not be placed then: a term begins with all of them.
                caches.AnnounceSynced();
            }
        }
    }

    private void Enqueue(IKubernetesObject item)
    {
        // Before all lists are in, absence means nothing: a reconcile would take a missing pod for no pod.
        if (!caches.AreSynced)
        {
            return;
        }

        if (caches.RolloutOf(item) is { } key)
        {
            rollouts.Enqueue(key);
        }

        // Which policy judges what depends on all of a namespace's policies and Rollouts: there are few of both.
        var @namespace = item.Metadata.Namespace;
        if (item is CanaryPolicy)
        {
            foreach (var rollout in caches.Rollouts.In(@namespace))
            {
                rollouts.Enqueue(ObjectKey.Of(rollout));
            }
        }

        if (item is CanaryPolicy or Rollout or AnalysisRun)
        {
            foreach (var policy in caches.Policies.In(@namespace))
            {
                policies.Enqueue(ObjectKey.Of(policy));
            }
        }
    }
}
