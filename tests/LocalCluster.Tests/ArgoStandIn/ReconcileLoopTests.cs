using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Rollouts.LocalCluster.ArgoStandIn;
using Rollouts.Shared;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

public sealed class ReconcileLoopTests : IAsyncDisposable
{
    private static readonly ObjectKey A = new("default", "a");
    private static readonly ObjectKey B = new("default", "b");

    private readonly VirtualClock _clock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<ObjectKey> _calls = Channel.CreateUnbounded<ObjectKey>();
    private readonly Dictionary<ObjectKey, Func<Task<DateTimeOffset?>>> _answers = [];
    private readonly ReconcileLoop _loop;
    private readonly Task _running;

    public ReconcileLoopTests()
    {
        _loop = new ReconcileLoop(ReconcileAsync, _clock, NullLogger.Instance);
        _running = _loop.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        _stop.Dispose();
    }

    [Fact]
    public async Task An_added_key_is_reconciled_at_once_and_not_again()
    {
        _loop.Add(A);

        Assert.Equal(A, await CallAsync());
        _clock.Advance(TimeSpan.FromDays(1));
        _loop.Add(B);
        Assert.Equal(B, await CallAsync());
    }

    [Fact]
    public async Task A_due_time_years_away_is_waited_for_in_steps_and_met()
    {
        var due = _clock.GetUtcNow().AddDays(400);
        var asked = 0;
        _answers[A] = () => Task.FromResult<DateTimeOffset?>(asked++ == 0 ? due : null);
        _loop.Add(A);
        await CallAsync();

        _clock.Advance(TimeSpan.FromDays(400) - TimeSpan.FromSeconds(1));
        _loop.Add(B);
        Assert.Equal(B, await CallAsync());
        // The timer that is set now reaches the due time; before, it may still be the one set an hour ago.
        for (var i = 0; i < 100 && asked < 2; i++)
        {
            _clock.Advance(TimeSpan.FromHours(1));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task What_stays_overdue_is_looked_at_once_a_second()
    {
        var asked = 0;
        _answers[A] = () =>
        {
            asked++;
            return Task.FromResult<DateTimeOffset?>(_clock.GetUtcNow() - TimeSpan.FromMinutes(1));
        };
        _loop.Add(A);
        await CallAsync();
        _loop.Add(B);
        await CallAsync();
        Assert.Equal(1, asked);

        for (var i = 0; i < 100 && asked < 2; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_failure_is_tried_again_and_touches_no_other_key()
    {
        var asked = 0;
        _answers[A] = () => asked++ == 0
            ? Task.FromException<DateTimeOffset?>(new InvalidOperationException("boom"))
            : Task.FromResult<DateTimeOffset?>(null);
        _loop.Add(A);
        Assert.Equal(A, await CallAsync());
        _loop.Add(B);
        Assert.Equal(B, await CallAsync());

        for (var i = 0; i < 100 && asked < 2; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_key_that_is_being_reconciled_waits_for_its_end_and_does_not_hold_up_others()
    {
        var gate = new TaskCompletionSource<DateTimeOffset?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answers[A] = () => gate.Task;
        _loop.Add(A);
        Assert.Equal(A, await CallAsync());

        _loop.Add(A);
        _loop.Add(B);
        Assert.Equal(B, await CallAsync());
        Assert.False(_calls.Reader.TryRead(out _));

        gate.SetResult(null);
        Assert.Equal(A, await CallAsync());
    }

    private async Task<ObjectKey> CallAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        return await _calls.Reader.ReadAsync(patience.Token);
    }

    private Task<DateTimeOffset?> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        _calls.Writer.TryWrite(key);
        return _answers.TryGetValue(key, out var answer) ? answer() : Task.FromResult<DateTimeOffset?>(null);
    }
}
