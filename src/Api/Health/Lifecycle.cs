using Rollouts.Api.Settings;

namespace Rollouts.Api.Health;

/// <summary>Where the instance is in its life: starting, up, draining.</summary>
/// <remarks>On SIGTERM it answers on for the drain time while not ready, so that traffic moves away first.</remarks>
internal sealed class Lifecycle(ApiOptions options, TimeProvider clock) : IHostedLifecycleService
{
    private readonly long _start = clock.GetTimestamp();
    private volatile bool _isDraining;

    public bool IsDraining => _isDraining;

    /// <summary>What the start still waits for; null when it is over.</summary>
    public string? Starting
    {
        get
        {
            var left = options.StartupDelay - clock.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? $"starting for another {Math.Ceiling(left.TotalSeconds)} s" : null;
        }
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (_isDraining)
        {
            return Task.CompletedTask;
        }

        _isDraining = true;
        return Task.Delay(options.DrainTime, clock, cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
