using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>Feeds the caches from the four watches, and the queue with the keys that a change concerns.</summary>
internal sealed class WatchLoop(
    KubernetesClient client,
    ClusterCaches caches,
    ReconcileQueue queue,
    ControllerMetrics metrics,
    TimeProvider clock,
    Random jitter,
    ILogger log)
{
    /// <param name="namespace">Null for all namespaces.</param>
    public Task RunAsync(string? @namespace, CancellationToken cancellation) => Task.WhenAll(
        FollowAsync(ResourceTypes.Rollouts, caches.Rollouts, @namespace, cancellation),
        FollowAsync(ResourceTypes.ReplicaSets, caches.ReplicaSets, @namespace, cancellation),
        FollowAsync(ResourceTypes.Pods, caches.Pods, @namespace, cancellation),
        FollowAsync(ResourceTypes.AnalysisRuns, caches.AnalysisRuns, @namespace, cancellation));

    private async Task FollowAsync<T>(
        ResourceType<T> type, ResourceCache<T> cache, string? @namespace, CancellationToken cancellation)
        where T : IKubernetesObject
    {
        var watch = new ResourceWatch<T>(client, type, @namespace, clock, jitter);
        await foreach (var change in watch.FollowAsync(cancellation))
        {
            if (change is ResourceEvent<T>.Interrupted(var cause, var retryAfter))
            {
                metrics.WatchInterrupted(type.Plural);
                ControllerLog.WatchInterrupted(log, type.Plural, cause.Message, retryAfter.TotalSeconds);
                continue;
            }

            var wasSynced = caches.AreSynced;
            foreach (var item in cache.Apply(change))
            {
                Enqueue(item);
            }

            if (!wasSynced && caches.AreSynced)
            {
                ControllerLog.CachesSynced(log, caches.Rollouts.All.Count());
                // What arrived before its owner did could not be placed then.
                caches.Rollouts.All.ToList().ForEach(rollout => queue.Enqueue(ObjectKey.Of(rollout)));
            }
        }
    }

    private void Enqueue(IKubernetesObject item)
    {
        // Before all four lists are in, absence means nothing: a reconcile would take a missing pod for no pod.
        if (caches.AreSynced && caches.RolloutOf(item) is { } key)
        {
            queue.Enqueue(key);
        }
    }
}
