using System.Collections.Concurrent;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>When each watch was last heard of, and since when it is broken.</summary>
internal sealed class WatchFreshness(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, WatchState> _watches = new(StringComparer.Ordinal);

    public IEnumerable<KeyValuePair<string, WatchState>> All =>
        _watches.OrderBy(watch => watch.Key, StringComparer.Ordinal);

    public void Expect(string watch) => _watches.TryAdd(watch, new WatchState(clock.GetUtcNow(), null, ""));

    public void Heard(string watch) => _watches[watch] = new WatchState(clock.GetUtcNow(), null, "");

    public void Broke(string watch, string cause)
    {
        var now = clock.GetUtcNow();
        _watches.AddOrUpdate(
            watch,
            _ => new WatchState(now, now, cause),
            (_, state) => state with { BrokenSince = state.BrokenSince ?? now, Cause = cause }
        );
    }
}

/// <param name="HeardAt">When an event, a bookmark or a list last came, or when the watch was begun.</param>
/// <param name="BrokenSince">Null while it works.</param>
internal sealed record WatchState(DateTimeOffset HeardAt, DateTimeOffset? BrokenSince, string Cause);
