using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Reconcile;

public sealed class ReconcileQueueTests : IDisposable
{
    private static readonly ObjectKey A = new("ns", "a");
    private static readonly ObjectKey B = new("ns", "b");
    private readonly VirtualClock _clock = new();
    private readonly ReconcileQueue _queue;

    public ReconcileQueueTests() => _queue = new ReconcileQueue(_clock);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_asked_for_many_times_is_handed_out_once()
    {
        _queue.Enqueue(A);
        _queue.Enqueue(A);
        _queue.Enqueue(B);

        Assert.Equal(
            [A, B],
            new[] { await _queue.TakeAsync(Cancellation), await _queue.TakeAsync(Cancellation) }.OrderBy(key =>
                key.Name
            )
        );
        Assert.Equal(0, _queue.Depth);
    }

    [Fact]
    public async Task A_key_is_handed_out_at_its_earliest_due_time()
    {
        _queue.Enqueue(A, _clock.GetUtcNow().AddSeconds(60));
        _queue.Enqueue(A, _clock.GetUtcNow().AddSeconds(5));
        _queue.Enqueue(A, _clock.GetUtcNow().AddSeconds(30));
        var taken = _queue.TakeAsync(Cancellation);

        _clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(taken.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(A, await taken);
    }

    [Fact]
    public async Task A_key_that_is_being_worked_on_is_not_handed_out_again_before_it_is_done()
    {
        _queue.Enqueue(A);
        await _queue.TakeAsync(Cancellation);
        _queue.Enqueue(A);
        var again = _queue.TakeAsync(Cancellation);

        Assert.False(again.IsCompleted);
        _queue.Done(A);

        Assert.Equal(A, await again);
    }

    [Fact]
    public void A_closed_queue_drops_what_waits_and_what_comes_until_it_is_opened()
    {
        _queue.Enqueue(A);
        _queue.Close();
        _queue.Enqueue(B);
        Assert.Equal((0, 1), (_queue.Depth, _queue.Adds));

        _queue.Open();
        _queue.Enqueue(B);

        Assert.Equal((1, 2), (_queue.Depth, _queue.Adds));
    }

    [Fact]
    public void A_key_that_is_not_due_yet_is_no_depth()
    {
        _queue.Enqueue(A, _clock.GetUtcNow().AddSeconds(5));

        Assert.Equal(0, _queue.Depth);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, _queue.Depth);
    }

    [Fact]
    public async Task How_long_a_key_waited_and_is_worked_on_is_known()
    {
        var waited = TimeSpan.Zero;
        _queue.Waited = wait => waited = wait;
        _queue.Enqueue(A);
        _clock.Advance(TimeSpan.FromSeconds(3));

        await _queue.TakeAsync(Cancellation);
        _clock.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(TimeSpan.FromSeconds(3), waited);
        Assert.Equal([TimeSpan.FromSeconds(4)], _queue.Working);
    }

    public void Dispose() => _queue.Dispose();
}
