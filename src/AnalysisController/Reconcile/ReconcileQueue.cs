using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>
/// Keys with due times. A key is held at most once, at its earliest due time, and is never handed out twice at the
/// same time: what arrives while it is being worked on is kept until <see cref="Done"/>.
/// Source: the contract of kubernetes/client-go util/workqueue.
/// </summary>
internal sealed class ReconcileQueue(TimeProvider clock) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, DateTimeOffset> _due = [];
    private readonly HashSet<ObjectKey> _working = [];
    private readonly SemaphoreSlim _changed = new(0);

    public int Depth
    {
        get
        {
            lock (_lock)
            {
                return _due.Count;
            }
        }
    }

    public int Working
    {
        get
        {
            lock (_lock)
            {
                return _working.Count;
            }
        }
    }

    /// <summary>Asks for the key at <paramref name="dueAt"/> at the latest.</summary>
    public void Enqueue(ObjectKey key, DateTimeOffset dueAt)
    {
        lock (_lock)
        {
            if (_due.TryGetValue(key, out var earlier) && earlier <= dueAt)
            {
                return;
            }

            _due[key] = dueAt;
        }

        _changed.Release();
    }

    public void Enqueue(ObjectKey key) => Enqueue(key, clock.GetUtcNow());

    /// <summary>Waits for the next key that is due. The caller must call <see cref="Done"/> with it.</summary>
    public async Task<ObjectKey> TakeAsync(CancellationToken cancellation)
    {
        while (true)
        {
            TimeSpan wait;
            lock (_lock)
            {
                var now = clock.GetUtcNow();
                wait = Timeout.InfiniteTimeSpan;
                foreach (var (key, dueAt) in _due)
                {
                    if (_working.Contains(key))
                    {
                        continue;
                    }

                    if (dueAt <= now)
                    {
                        _due.Remove(key);
                        _working.Add(key);
                        return key;
                    }

                    wait = wait == Timeout.InfiniteTimeSpan || dueAt - now < wait ? dueAt - now : wait;
                }
            }

            await WaitForChangeAsync(wait, cancellation);
        }
    }

    public void Done(ObjectKey key)
    {
        lock (_lock)
        {
            _working.Remove(key);
        }

        _changed.Release();
    }

    public void Dispose() => _changed.Dispose();

    private async Task WaitForChangeAsync(TimeSpan wait, CancellationToken cancellation)
    {
        if (wait == Timeout.InfiniteTimeSpan)
        {
            await _changed.WaitAsync(cancellation);
            return;
        }

        using var due = new CancellationTokenSource(wait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, due.Token);
        try
        {
            await _changed.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The time has come: look again.
        }
    }
}
