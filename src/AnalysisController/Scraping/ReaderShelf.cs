using Rollouts.Exposition;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>
/// The readers between two rounds, one for each Rollout: what its pods exported the last time is read several times
/// faster, and its labels are there only once.
/// </summary>
/// <param name="mostBytes">What all of them may remember together. Beyond it the largest goes.</param>
internal sealed class ReaderShelf(ReadLimits limits, long mostBytes, TimeProvider clock)
{
    /// <summary>The part of the bound that one reader may take; then it begins anew.</summary>
    private const int LargestShare = 4;

    /// <summary>
    /// A Rollout that is not asked for so long is judged no more: no scrape interval is longer than 5 min.
    /// </summary>
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(6);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);

    public ReadLimits Limits => limits;

    /// <summary>Rollouts that are remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _places.Count(place => place.Value.Reader is not null);
            }
        }
    }

    /// <summary>What all readers remember, those that are in use as of when they were taken.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _places.Values.Sum(place => place.Bytes);
            }
        }
    }

    /// <summary>Takes down a reader: it is not for two rounds at once.</summary>
    /// <param name="rollout">Its uid; empty for one that is not remembered.</param>
    public RepeatedReader Take(string rollout)
    {
        lock (_lock)
        {
            Sweep();
            if (rollout.Length == 0 || !_places.TryGetValue(rollout, out var place) || place.Reader is not { } reader)
            {
                return new RepeatedReader(limits, mostBytes / LargestShare);
            }

            _places[rollout] = place with { Reader = null, UsedAt = clock.GetUtcNow() };
            return reader;
        }
    }

    /// <summary>Puts a reader on the shelf, if there is room for it.</summary>
    public void Put(string rollout, RepeatedReader reader)
    {
        if (rollout.Length == 0)
        {
            return;
        }

        lock (_lock)
        {
            _places[rollout] = new Place(reader, reader.RememberedBytes, clock.GetUtcNow());
            while (_places.Values.Sum(place => place.Bytes) > mostBytes && Largest() is { } largest)
            {
                _places.Remove(largest);
            }
        }
    }

    /// <summary>The Rollout whose reader remembers most, of those that are not in use; null when all are.</summary>
    private string? Largest() =>
        _places.Where(place => place.Value.Reader is not null)
            .OrderByDescending(place => place.Value.Bytes)
            .Select(place => place.Key)
            .FirstOrDefault();

    private void Sweep()
    {
        var now = clock.GetUtcNow();
        foreach (var (rollout, place) in _places)
        {
            if (place.Reader is not null && now - place.UsedAt >= ForgottenAfter)
            {
                _places.Remove(rollout);
            }
        }
    }

    /// <param name="Reader">Null while a round uses it.</param>
    private sealed record Place(RepeatedReader? Reader, long Bytes, DateTimeOffset UsedAt);
}
