using Rollouts.Api.Settings;

namespace Rollouts.Api.Health;

/// <summary>One thing that <c>/health</c> looks at.</summary>
/// <param name="Name">Component and measurement: <c>postgresql:responseTime</c>.</param>
/// <param name="IsDependency">True when readiness waits for it.</param>
internal sealed record HealthCheck(
    string Name, bool IsDependency, Func<CancellationToken, Task<HealthEntry>> ObserveAsync)
{
    public string Component => Name[..Name.IndexOf(':', StringComparison.Ordinal)];
}

/// <summary>Runs checks in parallel, each with its own time limit.</summary>
internal sealed class HealthChecks(
    IEnumerable<HealthCheck> checks, ApiOptions options, CheckMeter meter, TimeProvider clock)
{
    private readonly HealthCheck[] _checks = [.. checks];

    public Task<(string Name, HealthEntry Entry)[]> ObserveAllAsync(CancellationToken cancellation) =>
        ObserveAsync(_checks, cancellation);

    public Task<(string Name, HealthEntry Entry)[]> ObserveDependenciesAsync(CancellationToken cancellation) =>
        ObserveAsync(_checks.Where(check => check.IsDependency), cancellation);

    public Task<(string Name, HealthEntry Entry)[]> ObserveComponentAsync(
        string component, CancellationToken cancellation) =>
        ObserveAsync(_checks.Where(check => check.Component == component), cancellation);

    private Task<(string Name, HealthEntry Entry)[]> ObserveAsync(
        IEnumerable<HealthCheck> checks, CancellationToken cancellation) =>
        Task.WhenAll(checks.Select(check => ObserveAsync(check, cancellation)));

    private async Task<(string Name, HealthEntry Entry)> ObserveAsync(HealthCheck check, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.CheckTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        var start = clock.GetTimestamp();
        try
        {
            return (check.Name, await check.ObserveAsync(either.Token).WaitAsync(either.Token));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            var limit = options.CheckTimeout.TotalMilliseconds;
            return (check.Name, new HealthEntry(
                "fail", "datastore", limit, "ms", clock.GetUtcNow(), $"no answer within {limit} ms"));
        }
        finally
        {
            if (check.IsDependency)
            {
                meter.Record(check.Component, clock.GetElapsedTime(start));
            }
        }
    }
}
