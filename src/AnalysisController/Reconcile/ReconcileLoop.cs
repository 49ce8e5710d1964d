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
    public const int Workers = 8;

    /// <summary>
    /// How long a key rests after an answer that only a change can mend; a change of its own objects wakes it sooner.
    /// Rights and quotas are changed where no watch of ours sees it, and a run's beat lapses after five minutes.
    /// </summary>
    private static readonly TimeSpan RestAfterRefusal = TimeSpan.FromMinutes(1);

    /// <summary>How long a key rests after a failure that no retry is expected to mend.</summary>
    private static readonly TimeSpan RestAfterBug = TimeSpan.FromMinutes(1);

    private readonly Dictionary<ObjectKey, BackOff> _backOffs = [];
    private readonly Lock _lock = new();

    /// <param name="stop">Takes no further key; what is under way is finished.</param>
    /// <param name="drop">Ends what is under way, too.</param>
    public Task RunAsync(CancellationToken stop, CancellationToken drop) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(stop, drop)));

    private async Task WorkAsync(CancellationToken stop, CancellationToken drop)
    {
        while (await NextAsync(stop) is { } key)
        {
            var started = clock.GetTimestamp();
            using var fields = log.BeginScope(FieldsOf(key));
            try
            {
                var (result, dueAt) = await ReconcileAsync(key, drop);
                metrics.Reconciled(controller, result, clock.GetElapsedTime(started));
                if (dueAt is { } at)
                {
                    queue.Enqueue(key, at);
                }
            }
            catch (OperationCanceledException) when (drop.IsCancellationRequested)
            {
                return;
            }
            finally
            {
                queue.Done(key);
            }
        }
    }

    /// <summary>Null when no further key is to be taken.</summary>
    private async Task<ObjectKey?> NextAsync(CancellationToken stop)
    {
        try
        {
            return stop.IsCancellationRequested ? null : await queue.TakeAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>
    /// The fields that controller-runtime puts on every line of a reconcile (pkg/builder/controller.go).
    /// </summary>
    private Dictionary<string, object> FieldsOf(ObjectKey key)
    {
        var isRollout = controller == ControllerMetrics.RolloutController;
        return new()
        {
            [isRollout ? "rollout" : "canarypolicy"] = key.Name,
            ["controller"] = controller,
            ["controllerGroup"] = isRollout ? "argoproj.io" : "rollouts-companion.io",
            ["controllerKind"] = isRollout ? "Rollout" : "CanaryPolicy",
            ["namespace"] = key.Namespace,
            ["name"] = key.Name,
            ["reconcileID"] = Guid.NewGuid(),
        };
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
            // Somebody wrote in between: our own next read shows what. The second time in a row something else is
            // wrong.
            ControllerLog.Conflict(log, key, e.Message);
            return (ReconcileResult.Requeue, clock.GetUtcNow() + ConflictBackOff(key));
        }
        catch (KubernetesException e)
        {
            var wait = e.IsTransient ? e.RetryAfter ?? NextBackOff(key) : RestAfterRefusal;
            if (e.IsTransient)
            {
                metrics.Retried(controller);
            }
            else
            {
                metrics.FailedForGood(controller);
            }

            ControllerLog.ReconcileFailed(log, key, wait.TotalSeconds, e.Message);
            return (ReconcileResult.Error, clock.GetUtcNow() + wait);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            // A bug of ours. The run's measurement in flight lapses, Argo errors and aborts: it fails closed.
            metrics.Panicked(controller);
            ControllerLog.ReconcileBroke(log, e, key, RestAfterBug.TotalSeconds);
            return (ReconcileResult.Error, clock.GetUtcNow() + RestAfterBug);
        }
    }

    private TimeSpan ConflictBackOff(ObjectKey key)
    {
        lock (_lock)
        {
            return _backOffs.TryAdd(key, new BackOff(jitter)) ? TimeSpan.Zero : _backOffs[key].Next();
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
