using System.Net;

namespace Rollouts.LocalCluster.Pods;

/// <summary>One run of a container, from its start to its end: probes, the memory limit, the end.</summary>
internal sealed class ContainerRun(
    ContainerSpec spec,
    IPAddress address,
    ChildProcess process,
    HttpProbe http,
    PodEvents events,
    Action<bool> readiness,
    TimeProvider clock)
{
    private static readonly TimeSpan MemoryInterval = TimeSpan.FromMilliseconds(250);

    private bool _wasOutOfMemory;

    /// <summary>Returns when the process is gone, by itself or because <paramref name="stop"/> asked for it.</summary>
    public async Task<(int ExitCode, bool OutOfMemory)> UntilEndAsync(CancellationToken stop)
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watches = Task.WhenAll(WatchMemoryAsync(watching.Token), WatchHealthAsync(watching.Token));
        await Task.WhenAny(process.Ended, Task.Delay(Timeout.InfiniteTimeSpan, clock, watching.Token));
        if (!process.Ended.IsCompleted)
        {
            events.Normal("Killing", $"Stopping container {spec.Name}");
            readiness(false);
            await process.StopAsync(spec.GracePeriod, clock);
        }

        await watching.CancelAsync();
        await watches;
        var exitCode = await process.Ended;
        return (_wasOutOfMemory ? ChildProcess.OutOfMemoryExitCode : exitCode, _wasOutOfMemory);
    }

    private async Task WatchMemoryAsync(CancellationToken cancellation)
    {
        if (spec.MemoryLimitBytes is not { } limit)
            return;
        while (await PauseAsync(MemoryInterval, cancellation))
        {
            if (process.ResidentBytes <= limit)
                continue;
            _wasOutOfMemory = true;
            process.Kill();
            return;
        }
    }

    private async Task WatchHealthAsync(CancellationToken cancellation)
    {
        if (spec.StartupProbe is { } startup && !await StartsUpAsync(startup, cancellation))
            return;
        await Task.WhenAll(WatchReadinessAsync(cancellation), WatchLivenessAsync(cancellation));
    }

    private async Task<bool> StartsUpAsync(ProbeSpec probe, CancellationToken cancellation)
    {
        var failures = 0;
        if (!await PauseAsync(probe.InitialDelay, cancellation))
            return false;
        while (!cancellation.IsCancellationRequested)
        {
            if (await AskAsync(probe, "Startup", cancellation))
                return true;
            if (++failures == probe.FailureThreshold)
            {
                KillFor("startup");
                return false;
            }

            await PauseAsync(probe.Period, cancellation);
        }

        return false;
    }

    private async Task WatchReadinessAsync(CancellationToken cancellation)
    {
        var probe = spec.ReadinessProbe;
        var ready = false;
        var against = 0;
        if (!await PauseAsync(probe.InitialDelay, cancellation))
            return;
        do
        {
            var yes = await AskAsync(probe, "Readiness", cancellation);
            if (cancellation.IsCancellationRequested)
                return;
            against = yes == ready ? 0 : against + 1;
            if (against < (ready ? probe.FailureThreshold : probe.SuccessThreshold))
                continue;
            ready = yes;
            against = 0;
            readiness(ready);
        }
        while (await PauseAsync(probe.Period, cancellation));
    }

    private async Task WatchLivenessAsync(CancellationToken cancellation)
    {
        if (spec.LivenessProbe is not { } probe || !await PauseAsync(probe.InitialDelay, cancellation))
            return;
        var failures = 0;
        do
        {
            failures = await AskAsync(probe, "Liveness", cancellation) ? 0 : failures + 1;
            if (failures < probe.FailureThreshold || cancellation.IsCancellationRequested)
                continue;
            KillFor("liveness");
            return;
        }
        while (await PauseAsync(probe.Period, cancellation));
    }

    private void KillFor(string probe)
    {
        events.Normal("Killing", $"Container {spec.Name} failed {probe} probe, will be restarted");
        process.Kill();
    }

    private async Task<bool> AskAsync(ProbeSpec probe, string kind, CancellationToken cancellation)
    {
        try
        {
            var failure = await http.AskAsync(probe, address, cancellation);
            if (failure is not null && !process.Ended.IsCompleted)
                events.Warning("Unhealthy", $"{kind} probe failed: {failure}");
            return failure is null;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <returns>False when cancelled.</returns>
    private async Task<bool> PauseAsync(TimeSpan time, CancellationToken cancellation)
    {
        await Task.WhenAny(Task.Delay(time, clock, cancellation));
        return !cancellation.IsCancellationRequested;
    }
}
