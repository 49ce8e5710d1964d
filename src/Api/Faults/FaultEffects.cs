using Rollouts.Exposition.Metrics;

namespace Rollouts.Api.Faults;

/// <summary>
/// Keeps the effects that run beside the requests in step with the board: cpu, memory, crash, counter-reset.
/// </summary>
internal sealed class FaultEffects(
    FaultBoard board, MetricRegistry metrics, ProcessEnd end, TimeProvider clock) : BackgroundService
{
    private static readonly FaultKind[] Kinds =
        [FaultKind.Cpu, FaultKind.Memory, FaultKind.Crash, FaultKind.CounterReset];

    private readonly Dictionary<FaultKind, (FaultSwitch Fault, IDisposable Effect)> _running = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var changed = board.Changed;
                foreach (var kind in Kinds)
                {
                    Reconcile(kind);
                }

                await WaitAsync(changed, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops: the effects end below.
        }
        finally
        {
            foreach (var (_, effect) in _running.Values)
            {
                effect.Dispose();
            }
        }
    }

    private void Reconcile(FaultKind kind)
    {
        var wanted = board.Active(kind);
        if (_running.Remove(kind, out var running))
        {
            if (ReferenceEquals(running.Fault, wanted))
            {
                _running.Add(kind, running);
                return;
            }

            running.Effect.Dispose();
        }

        if (wanted is not null)
        {
            _running.Add(kind, (wanted, Start(wanted)));
        }
    }

    private IDisposable Start(FaultSwitch fault) => fault.Kind switch
    {
        FaultKind.Cpu => new CpuBurn(fault["cores"], fault["duty"], clock),
        FaultKind.Memory => new MemoryLeak(fault["mbPerSecond"], fault["capMb"], clock),
        FaultKind.Crash => After(fault["afterSeconds"], () => end.Crash("demo fault 'crash' is switched on")),
        FaultKind.CounterReset => Every(fault["everySeconds"], metrics.Reset),
        FaultKind.Error or FaultKind.Slow or FaultKind.Hang or FaultKind.Unready or FaultKind.Unhealthy
            or FaultKind.MetricsMissing or FaultKind.MetricsGarbage or FaultKind.ClassDrift =>
            throw new ArgumentException($"{fault.Kind} acts on requests.", nameof(fault)),
    };

    private ITimer After(double seconds, Action act) =>
        clock.CreateTimer(_ => act(), null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);

    private ITimer Every(double seconds, Action act) => clock.CreateTimer(
        _ => act(), null, TimeSpan.Zero, seconds > 0 ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan);

    // Until the board changes or the next running effect is due to end.
    private async Task WaitAsync(Task changed, CancellationToken cancellation)
    {
        var ends = _running.Values.Select(running => running.Fault.EndsAt).Min();
        if (ends is not { } at)
        {
            await changed.WaitAsync(cancellation);
            return;
        }

        var left = at - clock.GetUtcNow();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var due = Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock, timeout.Token);
        await Task.WhenAny(changed, due);
        await timeout.CancelAsync();
    }
}
