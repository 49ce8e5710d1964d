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

    public void Dispose() => _queue.Dispose();
}
