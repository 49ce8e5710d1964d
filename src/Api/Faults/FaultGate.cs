using Rollouts.Api.Health;
using Rollouts.Api.Requests;

namespace Rollouts.Api.Faults;

/// <summary>Marks an endpoint as traffic: faults of requests hit it. Everything else is spared.</summary>
internal sealed class TrafficEndpoint
{
    public static TrafficEndpoint Marker { get; } = new();
}

/// <summary>Lets faults of requests happen to traffic: first hang, then slow, then error.</summary>
internal sealed class FaultGate(FaultBoard board, FaultDice dice, Lifecycle life, TimeProvider clock)
{
    private static readonly TimeSpan HangCheckInterval = TimeSpan.FromMilliseconds(200);

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<TrafficEndpoint>() is null)
        {
            await next(http);
            return;
        }

        if (board.Active(FaultKind.Hang) is { } hang && dice.Hits(hang["ratio"]))
        {
            await HangAsync(http.RequestAborted);
        }

        if (board.Active(FaultKind.Slow) is { } slow && dice.Hits(slow["ratio"]))
        {
            var delay = TimeSpan.FromMilliseconds(slow["ms"] + (slow["jitterMs"] * dice.Next()));
            await Task.Delay(delay, clock, http.RequestAborted);
        }

        if (board.Active(FaultKind.Error) is { } error && dice.Hits(error["ratio"]))
        {
            var status = error.Status[error.Status.Length == 1 ? 0 : dice.Pick(error.Status.Length)];
            await Problem.WriteAsync(http, status, "Demo fault 'error' is switched on.");
            return;
        }

        await next(http);
    }

    /// <summary>Waits until the fault ends, the pod is told to, or the caller gives up.</summary>
    public async Task HangAsync(CancellationToken aborted)
    {
        while (board.Active(FaultKind.Hang) is not null && !life.IsDraining)
        {
            await Task.Delay(HangCheckInterval, clock, aborted);
        }
    }
}
