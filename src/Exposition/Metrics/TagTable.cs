using System.Diagnostics.CodeAnalysis;
using Tags = System.ReadOnlySpan<System.Collections.Generic.KeyValuePair<string, object?>>;

namespace Rollouts.Exposition.Metrics;

/// <summary>
/// Finds a series by the tags as the caller passed them, without allocating. Not safe for several threads.
/// </summary>
internal sealed class TagTable(int limit)
{
    private readonly Dictionary<int, Entry> _entries = [];
    private int _count;

    public bool TryGet(Tags tags, [NotNullWhen(true)] out MeasuredSeries? series)
    {
        var entry = _entries.GetValueOrDefault(Hash(tags));
        while (entry is not null && !AreEqual(entry.Tags, tags))
        {
            entry = entry.Next;
        }

        series = entry?.Series;
        return series is not null;
    }

    /// <summary>Remembers the tags, unless the table is full: then the caller finds the series by its labels.</summary>
    public void Add(Tags tags, MeasuredSeries series)
    {
        if (_count < limit)
        {
            var hash = Hash(tags);
            _entries[hash] = new Entry(tags.ToArray(), series, _entries.GetValueOrDefault(hash));
            _count++;
        }
    }

    public void Clear()
    {
        _entries.Clear();
        _count = 0;
    }

    private static int Hash(Tags tags)
    {
        var hash = default(HashCode);
        foreach (var (name, value) in tags)
        {
            hash.Add(name.Length);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    private static bool AreEqual(Tags one, Tags other)
    {
        if (one.Length != other.Length)
        {
            return false;
        }

        for (var i = 0; i < one.Length; i++)
        {
            if (one[i].Key != other[i].Key || !Equals(one[i].Value, other[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    private sealed record Entry(KeyValuePair<string, object?>[] Tags, MeasuredSeries Series, Entry? Next);
}
