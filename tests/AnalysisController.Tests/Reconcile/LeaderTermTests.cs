using Microsoft.Extensions.Logging.Abstractions;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>How a term begins, and how it ends when it is told to and when it must.</summary>
public sealed class LeaderTermTests : IDisposable
{
    private static readonly ObjectKey Key = new("default", "sample");

    private readonly VirtualClock _clock = new();
    private readonly ClusterCaches _caches = new();
    private readonly ReconcileQueue _rollouts;
    private readonly ReconcileQueue _policies;
    private readonly ControllerMetrics _metrics;
    private readonly LeaderTerm _term;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly TaskCompletionSource _hasBegun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _work = new();
    private int _begun;
    private int _dropped;

    public LeaderTermTests()
    {
        _rollouts = new ReconcileQueue(_clock);
        _policies = new ReconcileQueue(_clock);
        _metrics = new ControllerMetrics(
            new Dictionary<string, ReconcileQueue> { ["rollout"] = _rollouts, ["canarypolicy"] = _policies }
        );
        _caches.Rollouts.Put(
            new Rollout { Metadata = new ObjectMeta { Namespace = Key.Namespace, Name = Key.Name } }
        );
        _term = new LeaderTerm(
            _caches,
            _rollouts,
            _policies,
            () => [Loop("rollout", _rollouts)],
            (_, _) => Task.CompletedTask,
            new Witnesses(null, null, _ => null),
            _metrics,
            _clock
        );
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_term_waits_for_the_caches_and_begins_with_every_Rollout()
    {
        var term = _term.RunAsync(_stop.Token, _lost.Token);
        Assert.Equal(0, _begun);

        _caches.AnnounceSynced();
        await _hasBegun.Task.WaitAsync(Cancellation);

        _work.SetResult();
        await _stop.CancelAsync();
        await term.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Told_to_stop_it_finishes_what_is_under_way_and_takes_nothing_new()
    {
        _caches.AnnounceSynced();
        var term = _term.RunAsync(_stop.Token, _lost.Token);
        await _hasBegun.Task.WaitAsync(Cancellation);

        await _stop.CancelAsync();
        _rollouts.Enqueue(new ObjectKey("default", "other"));
        Assert.False(term.IsCompleted);
        _work.SetResult();

        await term.WaitAsync(Cancellation);
        Assert.Equal((1, 0), (_begun, _dropped));
        Assert.Equal(0, _rollouts.Depth);
    }

    [Fact]
    public async Task What_does_not_finish_in_time_is_dropped()
    {
        _caches.AnnounceSynced();
        var term = _term.RunAsync(_stop.Token, _lost.Token);
        await _hasBegun.Task.WaitAsync(Cancellation);

        await _stop.CancelAsync();
        _clock.Advance(LeaderTerm.DrainTimeout - TimeSpan.FromSeconds(0.1));
        Assert.Equal(0, _dropped);
        _clock.Advance(TimeSpan.FromSeconds(0.2));

        await term.WaitAsync(Cancellation);
        Assert.Equal(1, _dropped);
    }

    [Fact]
    public async Task A_lost_lease_drops_what_is_under_way_at_once()
    {
        _caches.AnnounceSynced();
        var term = _term.RunAsync(_stop.Token, _lost.Token);
        await _hasBegun.Task.WaitAsync(Cancellation);

        await _lost.CancelAsync();

        await term.WaitAsync(Cancellation);
        Assert.Equal(1, _dropped);
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _rollouts.Dispose();
        _policies.Dispose();
        _stop.Dispose();
        _lost.Dispose();
    }

    private ReconcileLoop Loop(string controller, ReconcileQueue queue) =>
        new(
            controller,
            queue,
            async (key, cancellation) =>
            {
                Assert.Equal(Key, key);
                _begun++;
                _hasBegun.TrySetResult();
                try
                {
                    await _work.Task.WaitAsync(cancellation);
                }
                catch (OperationCanceledException)
                {
                    _dropped++;
                    throw;
                }

                return null;
            },
            _metrics,
            _clock,
            new Random(1),
            NullLogger.Instance
        );
}
