using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>
/// What only one of several controllers may do: reconcile. Each term begins with nothing but what the cluster holds,
/// so that a checkpoint that somebody else wrote in between is what counts.
/// </summary>
/// <param name="begin">Makes the loops of one term, with sessions that know nothing yet.</param>
/// <param name="recordAsync">Writes events, until its first token; its second drops what waits.</param>
internal sealed class LeaderTerm(
    ClusterCaches caches,
    ReconcileQueue rollouts,
    ReconcileQueue policies,
    Func<IReadOnlyList<ReconcileLoop>> begin,
    Func<CancellationToken, CancellationToken, Task> recordAsync,
    Witnesses witnesses,
    ControllerMetrics metrics,
    TimeProvider clock
)
{
    /// <summary>How long reconciles under way may take to finish once we are told to stop.</summary>
    public static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(8);

    /// <param name="stop">Take nothing new; finish what is under way, within bounds.</param>
    /// <param name="lost">Drop everything: it is no longer ours to do.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken lost)
    {
        using var drained = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, lost);
        using var drop = CancellationTokenSource.CreateLinkedTokenSource(drained.Token, lost);
        using var draining = stop.Register(() => drained.CancelAfter(DrainTimeout));
        using var told = new CancellationTokenSource();
        await caches.Synced.WaitAsync(either.Token);
        Fill(rollouts, caches.Rollouts);
        Fill(policies, caches.Policies);

        witnesses.CatchUp(caches.AnalysisRuns.All);
        var recording = recordAsync(told.Token, drop.Token);
        try
        {
            await Task.WhenAll(begin().Select(loop => loop.RunAsync(either.Token, drop.Token)));
        }
        finally
        {
            rollouts.Close();
            policies.Close();
            metrics.ForgetAll();
            await told.CancelAsync();
            await recording;
        }
    }

    private static void Fill<T>(ReconcileQueue queue, ResourceCache<T> cache)
        where T : IKubernetesObject
    {
        queue.Open();
        foreach (var item in cache.All)
        {
            queue.Enqueue(ObjectKey.Of(item));
        }
    }
}
