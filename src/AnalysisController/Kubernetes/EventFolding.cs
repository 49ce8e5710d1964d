using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>An event as it is to be written.</summary>
/// <param name="Name">The event that is to be counted on; null where a new one is to be made.</param>
internal sealed record FoldedEvent(ObjectEvent Event, string? Name, int Count, DateTimeOffset FirstAt);

/// <summary>
/// Counts an event that repeats on to the one that is there; makes one of many that differ only in their words; and
/// bounds how many an object may have.
/// </summary>
/// <remarks>
/// Source of the figures: kubernetes/client-go tools/record/events_cache.go: more than 10 alike within 10 minutes are
/// aggregated; an object may have 25, then one every 5 minutes; 4096 are remembered.
/// </remarks>
internal sealed class EventFolding(TimeProvider clock)
{
    private const int MostAlike = 10;

    private const double Burst = 25;

    private const int MostRemembered = 4096;

    private const string CombinedPrefix = "(combined from similar events): ";

    private static readonly TimeSpan AlikeWithin = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan RefillInterval = TimeSpan.FromMinutes(5);

    private readonly RecentlyUsed<ObjectReference, Allowance> _allowances = new(MostRemembered);
    private readonly RecentlyUsed<ObjectEvent, Group> _groups = new(MostRemembered);
    private readonly RecentlyUsed<ObjectEvent, Written> _written = new(MostRemembered);

    /// <summary>Null when the object has had too many.</summary>
    public FoldedEvent? Fold(ObjectEvent next)
    {
        var now = clock.GetUtcNow();
        var key = KeyOf(Aggregated(next, now));
        if (!Allow(next.Regarding with { ResourceVersion = "" }, now))
        {
            return null;
        }

        var regarding = next.Regarding;
        var known = _written.Find(key);
        var count = (known?.Count ?? 0) + 1;
        var firstAt = known?.FirstAt ?? now;
        _written.Set(key, new Written(known?.Name, count, firstAt));
        var message = key.Message == CombinedPrefix ? CombinedPrefix + next.Message : key.Message;
        return new FoldedEvent(key with { Regarding = regarding, Message = message }, known?.Name, count, firstAt);
    }

    public void Created(FoldedEvent folded, string name)
    {
        var message = folded.Event.Message.StartsWith(CombinedPrefix, StringComparison.Ordinal)
            ? CombinedPrefix
            : folded.Event.Message;
        _written.Set(KeyOf(folded.Event with { Message = message }), new Written(name, folded.Count, folded.FirstAt));
    }

    /// <summary>From the eleventh of a kind on, they are one event, whatever their words.</summary>
    private ObjectEvent Aggregated(ObjectEvent next, DateTimeOffset now)
    {
        var key = KeyOf(next) with { Message = "" };
        var group = _groups.Find(key) is { } known && now - known.LatestAt <= AlikeWithin
            ? known with { LatestAt = now }
            : new Group(now, []);
        group.Messages.Add(next.Message);
        var isMany = group.Messages.Count > MostAlike;
        if (isMany)
        {
            group.Messages.Remove(next.Message);
        }

        _groups.Set(key, group);
        return isMany ? next with { Message = CombinedPrefix } : next;
    }

    private bool Allow(ObjectReference regarding, DateTimeOffset now)
    {
        var (tokens, at) = _allowances.Find(regarding) ?? new Allowance(Burst, now);
        tokens = Math.Min(Burst, tokens + ((now - at) / RefillInterval));
        _allowances.Set(regarding, new Allowance(tokens >= 1 ? tokens - 1 : tokens, now));
        return tokens >= 1;
    }

    private static ObjectEvent KeyOf(ObjectEvent next) =>
        next with { Regarding = next.Regarding with { ResourceVersion = "" } };

    private sealed record Allowance(double Tokens, DateTimeOffset At);

    private sealed record Group(DateTimeOffset LatestAt, HashSet<string> Messages);

    private sealed record Written(string? Name, int Count, DateTimeOffset FirstAt);

    /// <summary>A table of bounded size that forgets what was set longest ago.</summary>
    private sealed class RecentlyUsed<TKey, TValue>(int limit)
        where TKey : notnull
        where TValue : class
    {
        private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _nodes = [];
        private readonly LinkedList<(TKey Key, TValue Value)> _order = [];

        public TValue? Find(TKey key) => _nodes.TryGetValue(key, out var node) ? node.Value.Value : null;

        public void Set(TKey key, TValue value)
        {
            if (_nodes.Remove(key, out var known))
            {
                _order.Remove(known);
            }

            _nodes[key] = _order.AddLast((key, value));
            if (_nodes.Count > limit)
            {
                _nodes.Remove(_order.First!.Value.Key);
                _order.RemoveFirst();
            }
        }
    }
}
