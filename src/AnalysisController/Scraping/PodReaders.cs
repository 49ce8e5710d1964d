using System.Collections.Concurrent;
using Rollouts.Exposition;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>
/// A reader for each pod that is asked again and again: what a pod exported the last time is read several times faster.
/// </summary>
/// <param name="mostBytes">
/// What all of them may remember together. Beyond it nothing more is remembered, until pods have gone.
/// </param>
internal sealed class PodReaders(ReadLimits limits, long mostBytes, TimeProvider clock)
{
    /// <summary>Largest body that is remembered; longer ones are read anew each time.</summary>
    private const int LargestBody = 1024 * 1024;

    /// <summary>A pod that is not asked for so long is gone: no scrape interval is longer than 5 min.</summary>
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(6);

    private readonly ConcurrentDictionary<string, Shelved> _shelf = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private DateTimeOffset _sweptAt = clock.GetUtcNow();
    private long _bytes;

    /// <summary>Pods that are remembered now.</summary>
    public int Count => _shelf.Count;

    /// <param name="pod">The pod's uid; empty remembers nothing.</param>
    /// <param name="held">What was read is taken from, for as long as it is needed.</param>
    /// <returns>Null when there is not enough memory to read it.</returns>
    public ExpositionResult? Read(string pod, ReadOnlySpan<byte> body, string? contentType, MemoryHold held)
    {
        Sweep();
        var most = ReadingCost.MostOf(body, limits.MaxSamples);
        if (!held.TryTake(most))
        {
            return null;
        }

        // Taken down while in use: a reader is not for two threads.
        var known = Take(pod);
        var reader = known?.Reader ?? new RepeatedReader(limits);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = reader.Read(body, contentType);
        var cost = Math.Min(most, GC.GetAllocatedBytesForCurrentThread() - before);
        held.Give(result is ExpositionResult.Read ? most - cost : most);
        if (pod.Length > 0 && body.Length <= LargestBody)
        {
            Shelve(pod, new Shelved(reader, Math.Max(cost, known?.Bytes ?? 0), clock.GetUtcNow()));
        }

        return result;
    }

    private Shelved? Take(string pod)
    {
        if (!_shelf.TryRemove(pod, out var shelved))
        {
            return null;
        }

        Interlocked.Add(ref _bytes, -shelved.Bytes);
        return shelved;
    }

    private void Shelve(string pod, Shelved shelved)
    {
        if (Interlocked.Add(ref _bytes, shelved.Bytes) > mostBytes || !_shelf.TryAdd(pod, shelved))
        {
            Interlocked.Add(ref _bytes, -shelved.Bytes);
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

    private sealed record Shelved(RepeatedReader Reader, long Bytes, DateTimeOffset UsedAt);
}
