using System.Threading.Channels;

namespace Rollouts.LocalCluster.ArgoStandIn;

/// <summary>Reconciles one object; says when to come back though nothing changes.</summary>
internal delegate Task<DateTimeOffset?> Reconcile(ObjectKey key, CancellationToken cancellation);

/// <summary>
/// Calls a reconcile for every key that was added or has become due. A key is never reconciled twice at once; different
/// keys are, up to a limit. A failure is logged and tried again, and touches no other key.
/// </summary>
internal sealed partial class ReconcileLoop(Reconcile reconcile, TimeProvider clock, ILogger log)
{
    private const int ParallelLimit = 8;
    private static readonly TimeSpan FailureBackoff = TimeSpan.FromSeconds(1);

    /// <summary>What is overdue and cannot be helped is looked at once a second, not without end.</summary>
    private static readonly TimeSpan OverdueInterval = TimeSpan.FromSeconds(1);

    /// <summary>Timers know no longer wait than 49 days; an initialDelay may be years.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, DateTimeOffset> _due = [];
    private readonly HashSet<ObjectKey> _busy = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Add(ObjectKey key) => AddAt(key, DateTimeOffset.MinValue);

    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var timer = clock.CreateTimer(
            _ => _wake.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (await _wake.Reader.WaitToReadAsync(cancellation))
        {
            _wake.Reader.TryRead(out _);
            while (TakeDue() is { } key)
                _ = ReconcileOneAsync(key, cancellation);
            timer.Change(UntilNext(), Timeout.InfiniteTimeSpan);
        }
    }

    private void AddAt(ObjectKey key, DateTimeOffset at)
    {
        lock (_lock)
        {
            if (!_due.TryGetValue(key, out var known) || at < known)
                _due[key] = at;
        }
        _wake.Writer.TryWrite(true);
    }

    private ObjectKey? TakeDue()
    {
        lock (_lock)
        {
            if (_busy.Count >= ParallelLimit)
                return null;
            var now = clock.GetUtcNow();
            foreach (var (key, at) in _due)
            {
                if (at > now || _busy.Contains(key))
                    continue;
                _due.Remove(key);
                _busy.Add(key);
                return key;
            }
            return null;
        }
    }

    private TimeSpan UntilNext()
    {
        lock (_lock)
        {
            var waiting = _due.Where(entry => !_busy.Contains(entry.Key)).Select(entry => entry.Value).ToList();
            if (waiting.Count == 0)
                return Timeout.InfiniteTimeSpan;
            var wait = waiting.Min() - clock.GetUtcNow();
            return TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, LongestWait.Ticks));
        }
    }

    private async Task ReconcileOneAsync(ObjectKey key, CancellationToken cancellation)
    {
        var startedAt = clock.GetUtcNow();
        DateTimeOffset? nextAt;
        try
        {
            nextAt = await reconcile(key, cancellation);
            if (nextAt <= startedAt)
                nextAt = startedAt + OverdueInterval;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            ReconcileFailed(log, key, failure);
            nextAt = clock.GetUtcNow() + FailureBackoff;
        }
        catch (OperationCanceledException)
        {
            nextAt = null;
        }
        lock (_lock)
            _busy.Remove(key);
        if (nextAt is { } at)
            AddAt(key, at);
        else
            _wake.Writer.TryWrite(true);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Argo stand-in: reconcile of {Key} failed, tried again in 1 s")]
    private static partial void ReconcileFailed(ILogger log, ObjectKey key, Exception failure);
}
