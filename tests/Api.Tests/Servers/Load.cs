using System.Collections.Concurrent;
using Rollouts.Api.Tests.Hosting;

namespace Rollouts.Api.Tests.Servers;

/// <summary>Four callers of <c>/api/items</c>, one request after the other each, until stopped.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<int> _failures = [];
    private readonly Task[] _callers;
    private int _answers;

    public Load(ApiInstance api) => _callers = [.. Enumerable.Range(0, 4).Select(_ => CallAsync(api))];

    /// <summary>Waits for that many more answers.</summary>
    public Task PassAsync(int answers)
    {
        var goal = Volatile.Read(ref _answers) + answers;
        return Until.TrueAsync(
            () => Task.FromResult(Volatile.Read(ref _answers) >= goal),
            $"{answers} more answers",
            60);
    }

    /// <summary>Ends, and returns the statuses that were not 200.</summary>
    public async Task<int[]> StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_callers);
        return [.. _failures];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task CallAsync(ApiInstance api)
    {
        while (!_stop.IsCancellationRequested)
        {
            var status = (int)await api.GetStatusAsync("/api/items");
            Interlocked.Increment(ref _answers);
            if (status != 200)
            {
                _failures.Add(status);
            }
        }
    }
}
