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
    private readonly Dictionary<ObjectKey, long> _working = [];
    private readonly SemaphoreSlim _changed = new(0);
    private bool _isClosed;
    private long _adds;

    /// <summary>Keys that are due now and wait for a worker.</summary>
    public int Depth
    {
        get
        {
            lock (_lock)
            {
                var now = clock.GetUtcNow();
                return _due.Values.Count(dueAt => dueAt <= now);
            }
        }
    }

    /// <summary>How often a key was put in that was not there yet.</summary>
    public long Adds
    {
        get
        {
            lock (_lock)
            {
                return _adds;
            }
        }
    }

    /// <summary>For how long each key that is handed out has been worked on.</summary>
    public IReadOnlyList<TimeSpan> Working
    {
        get
        {
            lock (_lock)
            {
                return [.. _working.Values.Select(since => clock.GetElapsedTime(since))];
            }
        }
    }

    /// <summary>Told of each key that is handed out: how long it had been due.</summary>
    public Action<TimeSpan>? Waited { get; set; }

    /// <summary>Takes keys again.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _isClosed = false;
        }
    }

    /// <summary>Drops what waits, and what comes: whoever does not lead has nothing to do.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            _due.Clear();
        }
    }

    /// <summary>Asks for the key at <paramref name="dueAt"/> at the latest.</summary>
    public void Enqueue(ObjectKey key, DateTimeOffset dueAt)
    {
        lock (_lock)
        {
            var isThere = _due.TryGetValue(key, out var earlier);
            if (_isClosed || (isThere && earlier <= dueAt))
            {
                return;
            }

            _adds += isThere ? 0 : 1;
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
            var (found, wait) = Next();
            if (found is { } due)
            {
                Waited?.Invoke(clock.GetUtcNow() - due.At);
                return due.Key;
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

    /// <returns>A key that is due, now handed out; or how long to wait for one.</returns>
    private ((ObjectKey Key, DateTimeOffset At)? Due, TimeSpan Wait) Next()
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            var wait = Timeout.InfiniteTimeSpan;
            foreach (var (key, dueAt) in _due)
            {
                if (_working.ContainsKey(key))
                {
                    continue;
                }

                if (dueAt <= now)
                {
                    _due.Remove(key);
                    _working.Add(key, clock.GetTimestamp());
                    return ((key, dueAt), TimeSpan.Zero);
                }

                wait = wait == Timeout.InfiniteTimeSpan || dueAt - now < wait ? dueAt - now : wait;
            }

            return (null, wait);
        }
    }

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
