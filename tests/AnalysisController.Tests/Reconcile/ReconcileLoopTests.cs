using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.Exposition.Metrics;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>What becomes of a key whose reconcile fails, by the kind of the failure.</summary>
public sealed class ReconcileLoopTests : IDisposable
{
    private static readonly ObjectKey Key = new("default", "sample");

    private readonly VirtualClock _clock = new();
    private readonly ReconcileQueue _queue;
    private readonly ControllerMetrics _metrics;
    private readonly MetricRegistry _registry;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<double> _askedAt = [];

    public ReconcileLoopTests()
    {
        _queue = new ReconcileQueue(_clock);
        _metrics = new ControllerMetrics(new Dictionary<string, ReconcileQueue> { ["rollout"] = _queue });
        _registry = new MetricRegistry(_metrics.Has);
        _metrics.InitializeIn(_registry);
    }

    [Fact]
    public async Task A_server_that_asks_for_a_wait_gets_it()
    {
        await RunAsync(() => Failure(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(7)), 15);

        Assert.Equal([0, 7, 14], _askedAt);
        Assert.Equal((3, 0), (Count("reconcile_errors"), Count("terminal_reconcile_errors")));
        Assert.Equal(0, Count("reconcile_panics"));
    }

    [Fact]
    public async Task A_conflict_is_read_again_at_once_those_that_follow_after_a_while_and_none_is_an_error()
    {
        var conflicts = 3;
        await RunAsync(() => conflicts-- > 0 ? Failure(HttpStatusCode.Conflict) : null, 5);

        Assert.Equal([0, 0], _askedAt.Take(2));
        Assert.InRange(_askedAt[2], 0.25, 0.7);
        Assert.InRange(_askedAt[3] - _askedAt[2], 0.5, 1.2);
        Assert.Equal(0, Count("reconcile_errors"));
    }

    [Fact]
    public async Task A_failure_that_may_pass_is_tried_again_after_longer_and_longer()
    {
        await RunAsync(() => Failure(HttpStatusCode.InternalServerError), 60);

        var waits = _askedAt.Zip(_askedAt.Skip(1), (one, next) => next - one).ToList();
        Assert.All(waits, (wait, i) => Assert.InRange(wait, 0.25 * Math.Pow(2, i), (0.5 * Math.Pow(2, i)) + 0.2));
        Assert.Equal(0, Count("terminal_reconcile_errors"));
    }

    [Fact]
    public async Task A_refusal_that_only_a_change_can_mend_counts_as_terminal()
    {
        await RunAsync(() => Failure(HttpStatusCode.Forbidden), 0.1);

        Assert.Equal((1, 1), (Count("reconcile_errors"), Count("terminal_reconcile_errors")));
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(HttpStatusCode.UnprocessableEntity)]
    public async Task A_refusal_waits_for_a_change_or_for_a_minute(HttpStatusCode code)
    {
        using var change = _clock.CreateTimer(
            _ => _queue.Enqueue(Key), null, TimeSpan.FromSeconds(20), Timeout.InfiniteTimeSpan
        );

        await RunAsync(() => Failure(code), 85);

        Assert.Equal([0, 20, 80], _askedAt);
        Assert.Equal((3, 0), (Count("terminal_reconcile_errors"), Count("reconcile_panics")));
    }

    [Fact]
    public async Task A_token_that_was_refused_may_be_replaced_and_is_no_refusal_for_good()
    {
        await RunAsync(() => Failure(HttpStatusCode.Unauthorized), 5);

        Assert.InRange(_askedAt.Count, 3, 6);
        Assert.Equal(0, Count("terminal_reconcile_errors"));
    }

    [Fact]
    public async Task A_bug_rests_the_one_key_for_a_minute_and_counts_as_a_panic()
    {
        await RunAsync(() => new InvalidOperationException("a bug"), 61);

        Assert.Equal([0, 60], _askedAt);
        Assert.Equal(2, Count("reconcile_panics"));
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _registry.Dispose();
        _queue.Dispose();
        _stop.Dispose();
    }

    /// <summary>Reconciles one key for so long; null succeeds.</summary>
    private async Task RunAsync(Func<Exception?> fail, double seconds)
    {
        var start = _clock.GetUtcNow();
        var loop = new ReconcileLoop(
            "rollout",
            _queue,
            (_, _) =>
            {
                _askedAt.Add(Math.Round((_clock.GetUtcNow() - start).TotalSeconds, 1));
                return fail() is { } failure
                    ? Task.FromException<DateTimeOffset?>(failure)
                    : Task.FromResult<DateTimeOffset?>(null);
            },
            _metrics,
            _clock,
            new Random(1),
            NullLogger.Instance
        );
        _queue.Enqueue(Key);
        var running = loop.RunAsync(_stop.Token, CancellationToken.None);
        for (var step = 0; step < seconds * 10; step++)
        {
            await SettleAsync();
            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        await SettleAsync();
        await _stop.CancelAsync();
        await running;
    }

    /// <summary>Lets the workers go on until none has anything that is due.</summary>
    private async Task SettleAsync()
    {
        for (var look = 0; look < 100_000 && (_queue.Depth > 0 || _queue.Working.Count > 0); look++)
        {
            await Task.Yield();
        }
    }

    private static KubernetesException Failure(HttpStatusCode code, TimeSpan? retryAfter = null) =>
        new("no") { StatusCode = code, RetryAfter = retryAfter };

    private int Count(string name)
    {
        var body = new System.Buffers.ArrayBufferWriter<byte>();
        _registry.Write(body, openMetrics: false);
        return Encoding
            .UTF8.GetString(body.WrittenSpan)
            .Split('\n')
            .Where(line => line.StartsWith($"controller_runtime_{name}_total{{", StringComparison.Ordinal))
            .Sum(line => int.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));
    }
}
