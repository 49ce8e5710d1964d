using System.Collections.Immutable;

using Rollouts.Exposition;

namespace Rollouts.Analysis.Observation;

/// <summary>The series of one family of one pod as they were last seen, and how much each grew since.</summary>
internal sealed record CounterFamily(string Name, ImmutableArray<Sample> Latest)
{
    /// <summary>The increase of one counter: a decrease is a reset, after which everything is new.</summary>
    /// <returns>Null without a previous or a current value; NaN counts as none.</returns>
    public static double? IncreaseOf(double? previous, double? current) =>
        previous is not { } before || current is not { } now || double.IsNaN(before) || double.IsNaN(now) ? null
        : now < before ? now
        : now - before;

    /// <summary>
    /// Compares with a newer scrape, series by series. A series that was not there before began at zero. A series that
    /// is missing or NaN keeps its last value, so that its next increase covers the gap.
    /// </summary>
    /// <param name="increases">Receives one increase a sample of <paramref name="current"/>; 0 for a NaN.</param>
    public CounterFamily Next(ImmutableArray<Sample> current, Span<double> increases)
    {
        var matched = 0;
        var hasMissing = false;
        Dictionary<string, int>? index = null;
        for (var i = 0; i < current.Length; i++)
        {
            var at = i < Latest.Length && IsSame(Latest[i], current[i]) ? i : Find(ref index, current[i]);
            matched += at < 0 ? 0 : 1;
            hasMissing |= double.IsNaN(current[i].Value);
            increases[i] = IncreaseOf(at < 0 ? 0 : Latest[at].Value, current[i].Value) ?? 0;
        }

        return new CounterFamily(Name, hasMissing || matched < Latest.Length ? Merged(current) : current);
    }

    private ImmutableArray<Sample> Merged(ImmutableArray<Sample> current)
    {
        var merged = new Dictionary<string, Sample>(StringComparer.Ordinal);
        foreach (var sample in current.Where(sample => !double.IsNaN(sample.Value)).Concat(Latest))
        {
            merged.TryAdd(KeyOf(sample), sample);
        }

        return [.. merged.Values];
    }

    private int Find(ref Dictionary<string, int>? index, Sample sample)
    {
        if (index is null)
        {
            index = new Dictionary<string, int>(Latest.Length, StringComparer.Ordinal);
            for (var i = 0; i < Latest.Length; i++)
            {
                index[KeyOf(Latest[i])] = i;
            }
        }

        return index.TryGetValue(KeyOf(sample), out var at) ? at : -1;
    }

    private static bool IsSame(Sample left, Sample right)
    {
        if (left.Name != right.Name)
        {
            return false;
        }

        return ReferenceEquals(left.Labels, right.Labels)
            || left.Labels.All.AsSpan().SequenceEqual(right.Labels.All.AsSpan());
    }

    private static string KeyOf(Sample sample) =>
        string.Join('\u0001', sample.Labels.All
            .OrderBy(label => label.Name, StringComparer.Ordinal)
            .Select(label => label.Name + '\u0002' + label.Value)
            .Prepend(sample.Name));
}
