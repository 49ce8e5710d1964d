using System.Collections.Immutable;

namespace Rollouts.Analysis.Observation;

/// <summary>What one pod added since the interval under way began; mutable, and never shared between rounds.</summary>
internal sealed class PodTally
{
    public double? Requests { get; set; }

    public double Errors { get; set; }

    public double ClientErrors { get; set; }

    /// <summary>Increase of each cumulative bucket by its bound in seconds; infinity is all requests.</summary>
    public SortedDictionary<double, double> Buckets { get; } = [];

    public Dictionary<string, SortedDictionary<double, double>> Histograms { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, double> Classes { get; } = new(StringComparer.Ordinal);

    public bool HasClasses { get; set; }

    public Dictionary<string, BadOfAll> Ratios { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, double> Gauges { get; } = new(StringComparer.Ordinal);

    public BadOfAll? Health { get; set; }

    public BadOfAll? Restarts { get; set; }

    public double? MemoryLimitBytes { get; set; }

    public bool IsEmpty => Requests is null && Health is null && Restarts is null && !HasClasses
        && Buckets.Count == 0 && Ratios.Count == 0 && Gauges.Count == 0 && Histograms.Count == 0;

    public PodTally Copy()
    {
        var copy = new PodTally
        {
            Requests = Requests,
            Errors = Errors,
            ClientErrors = ClientErrors,
            HasClasses = HasClasses,
            Health = Health,
            Restarts = Restarts,
            MemoryLimitBytes = MemoryLimitBytes,
        };
        CopyInto(Buckets, copy.Buckets);
        CopyInto(Classes, copy.Classes);
        CopyInto(Ratios, copy.Ratios);
        CopyInto(Gauges, copy.Gauges);
        foreach (var (name, buckets) in Histograms)
        {
            CopyInto(buckets, copy.Histograms[name] = []);
        }

        return copy;
    }

    /// <summary>
    /// The pod's part of an evidence interval, on the bounds and classes that the interval has in common.
    /// </summary>
    public PodIncrease Close(
        string pod, ImmutableArray<double> bounds, ImmutableArray<string> classes, ImmutableSortedDictionary<string,
            ImmutableArray<double>> own) => new()
    {
        Pod = pod,
        Requests = Requests,
        Errors = Requests is null ? null : Errors,
        ClientErrors = Requests is null ? null : ClientErrors,
        Buckets = Buckets.Count == 0 || bounds.IsEmpty ? [] : OnBounds(Buckets, bounds),
        Health = Health,
        Restarts = Restarts,
        Classes = HasClasses ? [.. classes.Select(name => Classes.GetValueOrDefault(name))] : [],
        Ratios = Ratios.Count == 0 ? PodIncrease.EmptyRatios
            : Ratios.ToImmutableSortedDictionary(StringComparer.Ordinal),
        Histograms = Histograms.Count == 0 ? PodIncrease.EmptyHistograms : Histograms
            .Where(entry => own.ContainsKey(entry.Key))
            .ToImmutableSortedDictionary(entry => entry.Key, entry =>
                OnBounds(entry.Value, own[entry.Key]), StringComparer.Ordinal),
        Gauges = Gauges.Count == 0 ? PodIncrease.EmptyGauges
            : Gauges.ToImmutableSortedDictionary(StringComparer.Ordinal),
        MemoryLimitBytes = MemoryLimitBytes,
    };

    /// <summary>
    /// Cumulative counts on the bounds, then all; made monotone, because a reset may fall between two buckets.
    /// </summary>
    private static ImmutableArray<double> OnBounds(
        SortedDictionary<double, double> buckets, ImmutableArray<double> bounds)
    {
        var counts = new double[bounds.Length + 1];
        var floor = 0.0;
        for (var i = 0; i < bounds.Length; i++)
        {
            floor = Math.Max(floor, buckets.GetValueOrDefault(bounds[i]));
            counts[i] = floor;
        }

        counts[^1] = Math.Max(floor, buckets.GetValueOrDefault(double.PositiveInfinity));
        return [.. counts];
    }

    private static void CopyInto<TKey,
        TValue>(IEnumerable<KeyValuePair<TKey, TValue>> from, IDictionary<TKey, TValue> to)
    {
        foreach (var (key, value) in from)
        {
            to[key] = value;
        }
    }
}
