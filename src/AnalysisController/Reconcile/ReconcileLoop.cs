using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>
/// Takes keys off the queue and reconciles them, and does all the catching: one key's failure never touches another's.
/// </summary>
/// <param name="controller">What is reconciled, as controller-runtime's label <c>controller</c> has it.</param>
internal sealed class ReconcileLoop(
    string controller,
    ReconcileQueue queue,
    Func<ObjectKey, CancellationToken, Task<DateTimeOffset?>> reconcile,
    ControllerMetrics metrics,
    TimeProvider clock,
    Random jitter,
    ILogger log
)
{
    /// <summary>Keys reconciled at the same time; each waits for its pods most of the while.</summary>
    private const int Workers = 8;

    /// <summary>How long a key rests after a failure that no retry is expected to mend.</summary>
    private static readonly TimeSpan RestAfterBug = TimeSpan.FromMinutes(1);

    private readonly Dictionary<ObjectKey, BackOff> _backOffs = [];
    private readonly Lock _lock = new();

    public Task RunAsync(CancellationToken cancellation) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(cancellation)));

    private async Task WorkAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var key = await queue.TakeAsync(cancellation);
            var started = clock.GetTimestamp();
            var result = ReconcileResult.Success;
            try
            {
                (result, var dueAt) = await ReconcileAsync(key, cancellation);
                if (dueAt is { } at)
                {
                    queue.Enqueue(key, at);
                }
            }
            finally
            {
                queue.Done(key);
                metrics.Reconciled(controller, result, clock.GetElapsedTime(started));
            }
        }
    }

    private async Task<(ReconcileResult Result, DateTimeOffset? DueAt)> ReconcileAsync(
        ObjectKey key,
        CancellationToken cancellation
    )
    {
        try
        {
            var dueAt = await reconcile(key, cancellation);
            ForgetBackOff(key);
            return (dueAt is null ? ReconcileResult.Success : ReconcileResult.RequeueAfter, dueAt);
        }
        catch (KubernetesException e) when (e.IsConflict)
        {
            // Somebody wrote in between: the watch or our own next read shows what.
            ControllerLog.Conflict(log, key, e.Message);
            return (ReconcileResult.Requeue, clock.GetUtcNow());
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            ForgetBackOff(key);
            return (ReconcileResult.Success, null);
        }
        catch (KubernetesException e)
        {
            var wait = e.RetryAfter ?? NextBackOff(key);
            ControllerLog.ReconcileFailed(log, key, wait.TotalSeconds, e.Message);
            return (ReconcileResult.Error, clock.GetUtcNow() + wait);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            // A bug of ours. The run's measurement in flight lapses, Argo errors and aborts: it fails closed.
            ControllerLog.ReconcileBroke(log, e, key, RestAfterBug.TotalSeconds);
            return (ReconcileResult.Error, clock.GetUtcNow() + RestAfterBug);
        }
    }

    private TimeSpan NextBackOff(ObjectKey key)
    {
        lock (_lock)
        {
            if (!_backOffs.TryGetValue(key, out var backOff))
            {
                _backOffs[key] = backOff = new BackOff(jitter);
            }

            return backOff.Next();
        }
    }

    private void ForgetBackOff(ObjectKey key)
    {
        lock (_lock)
        {
            _backOffs.Remove(key);
        }
    }
}

/// <summary>
/// The values of controller-runtime's label <c>result</c> (kubernetes-sigs/controller-runtime
/// pkg/internal/controller/metrics).
/// </summary>
internal enum ReconcileResult
{
    Success,
    Error,
    Requeue,
    RequeueAfter,
}
