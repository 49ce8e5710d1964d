using System.Collections.Concurrent;
using Rollouts.Api.Settings;

namespace Rollouts.Api.Health;

/// <summary>Whether readiness waits for a component.</summary>
internal enum HealthNeed
{
    /// <summary>It says something about this process only.</summary>
    Never,

    /// <summary>Until it passed once; when it is lost later, requests are slower, not wrong.</summary>
    AtStart,

    /// <summary>Nothing can be answered without it.</summary>
    Always,
}

/// <summary>One thing that <c>/health</c> looks at.</summary>
/// <param name="Name">Component and measurement: <c>postgresql:responseTime</c>.</param>
internal sealed record HealthCheck(
    string Name, HealthNeed Need, Func<CancellationToken, Task<HealthEntry>> ObserveAsync)
{
    public string Component => Name[..Name.IndexOf(':', StringComparison.Ordinal)];
}

/// <summary>Runs checks in parallel, each with its own time limit.</summary>
internal sealed class HealthChecks(
    IReadOnlyCollection<HealthCheck> checks, ApiOptions options, CheckMeter meter, TimeProvider clock)
{
    private readonly HealthCheck[] _checks = [.. checks];
    private readonly bool _needsAny = checks.Any(check => check.Need != HealthNeed.Never);
    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);

    /// <summary>All checks; a component that is needed at the start only can at most warn.</summary>
    public async Task<(string Name, HealthEntry Entry)[]> ObserveAllAsync(CancellationToken cancellation)
    {
        var soft = _checks.Where(check => check.Need == HealthNeed.AtStart).Select(check => check.Name).ToArray();
        var observed = await ObserveAsync(_checks, cancellation);
        return
        [
            .. observed.Select(check => check.Entry.Status == "fail" && soft.Contains(check.Name)
                ? (check.Name, check.Entry with { Status = "warn" })
                : check),
        ];
    }

    /// <summary>What readiness still misses; null when nothing.</summary>
    public async ValueTask<string?> ObserveMissingAsync(CancellationToken cancellation)
    {
        if (!_needsAny)
        {
            return null;
        }

        var observed = await ObserveAsync(_checks.Where(IsNeededNow), cancellation);
        foreach (var (name, entry) in observed)
        {
            if (entry.Status == "pass")
            {
                _seen.TryAdd(name, true);
            }
        }

        var missing = observed.Where(check => check.Entry.Status == "fail")
            .Select(check => $"{check.Name}: {check.Entry.Output}");
        return string.Join(", ", missing) is { Length: > 0 } text ? text : null;
    }

    public Task<(string Name, HealthEntry Entry)[]> ObserveComponentAsync(
        string component, CancellationToken cancellation) =>
        ObserveAsync(_checks.Where(check => check.Component == component), cancellation);

    private bool IsNeededNow(HealthCheck check) => check.Need switch
    {
        HealthNeed.Never => false,
        HealthNeed.AtStart => !_seen.ContainsKey(check.Name),
        HealthNeed.Always => true,
    };

    private Task<(string Name, HealthEntry Entry)[]> ObserveAsync(
        IEnumerable<HealthCheck> checks, CancellationToken cancellation) =>
        Task.WhenAll(checks.Select(check => ObserveAsync(check, cancellation)));

    private async Task<(string Name, HealthEntry Entry)> ObserveAsync(HealthCheck check, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.CheckTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        var start = clock.GetTimestamp();
        HealthEntry entry;
        try
        {
            entry = await check.ObserveAsync(either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            var limit = options.CheckTimeout.TotalMilliseconds;
            entry = new HealthEntry(
                "fail", "datastore", limit, "ms", clock.GetUtcNow(), $"no answer within {limit} ms");
        }

        if (check.Need != HealthNeed.Never)
        {
            meter.Record(check.Component, entry.Status, clock.GetElapsedTime(start));
        }

        return (check.Name, entry);
    }
}
