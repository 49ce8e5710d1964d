using System.Collections.Concurrent;
using Rollouts.Exposition;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>
/// A reader for each pod that is asked again and again: what a pod exported the last time is read several times faster.
/// </summary>
internal sealed class PodReaders(ReadLimits limits, TimeProvider clock)
{
    /// <summary>Largest body that is remembered; longer ones are read anew each time.</summary>
    private const int MostBytes = 1024 * 1024;

    /// <summary>Bodies remembered in total. Beyond it nothing more is, until pods have gone.</summary>
    private const long MostBytesInAll = 64 * 1024 * 1024;

    /// <summary>A pod that is not asked for so long is gone: no scrape interval is longer than 5 min.</summary>
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(6);

    private readonly ConcurrentDictionary<string, Shelved> _shelf = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private DateTimeOffset _sweptAt = clock.GetUtcNow();
    private long _bytes;

    /// <summary>Pods that are remembered now.</summary>
    public int Count => _shelf.Count;

    /// <param name="pod">The pod's uid; empty remembers nothing.</param>
    public ExpositionResult Read(string pod, ReadOnlySpan<byte> body, string? contentType)
    {
        Sweep();
        // Taken down while in use: a reader is not for two threads.
        var reader = Take(pod) ?? new RepeatedReader(limits);
        var result = reader.Read(body, contentType);
        if (pod.Length > 0 && body.Length <= MostBytes && Interlocked.Read(ref _bytes) < MostBytesInAll)
        {
            Shelve(pod, new Shelved(reader, body.Length, clock.GetUtcNow()));
        }

        return result;
    }

    private RepeatedReader? Take(string pod)
    {
        if (!_shelf.TryRemove(pod, out var shelved))
        {
            return null;
        }

        Interlocked.Add(ref _bytes, -shelved.Bytes);
        return shelved.Reader;
    }

    private void Shelve(string pod, Shelved shelved)
    {
        if (_shelf.TryAdd(pod, shelved))
        {
            Interlocked.Add(ref _bytes, shelved.Bytes);
        }
    }

    private void Sweep()
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            if (now - _sweptAt < ForgottenAfter)
            {
                return;
            }

            _sweptAt = now;
        }

        foreach (var (pod, shelved) in _shelf)
        {
            if (now - shelved.UsedAt >= ForgottenAfter)
            {
                Take(pod);
            }
        }
    }

    private sealed record Shelved(RepeatedReader Reader, int Bytes, DateTimeOffset UsedAt);
}
