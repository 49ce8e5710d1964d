using System.Collections.Immutable;

namespace Rollouts.Analysis.Observation;

/// <summary>
/// What is remembered of the pods from round to round, and the evidence interval under way; immutable.
/// </summary>
internal sealed record PodLedger
{
    public static readonly PodLedger Empty = new();

    /// <summary>A closing round may come this share of the scrape interval early: schedules jitter.</summary>
    private const double EarlyShare = .25;

    /// <summary>
    /// For so many evidence intervals a pod that no round has is remembered: it may be missed, or gone.
    /// </summary>
    private const int KeptIntervals = 60;

    /// <summary>By arm and pod name.</summary>
    public ImmutableDictionary<(Arm Arm, string Pod), PodEntry> Pods { get; init; } =
        ImmutableDictionary<(Arm, string), PodEntry>.Empty;

    /// <summary>When the interval under way began; null before the first round.</summary>
    public DateTimeOffset? IntervalFrom { get; init; }

    /// <summary>
    /// Takes in one round. A pod that is not in it adds nothing; when it comes again, its increase covers the gap.
    /// </summary>
    public PodLedger Observe(ScrapeRound round, AnalysisSpec spec)
    {
        var pods = Pods.ToBuilder();
        foreach (var scrape in round.Pods)
        {
            var key = (scrape.Arm, scrape.Pod);
            pods[key] = pods.TryGetValue(key, out var entry)
                ? entry.Observe(scrape, round.At, spec)
                : PodEntry.First(scrape, round.At, spec);
        }

        return this with { Pods = pods.ToImmutable(), IntervalFrom = IntervalFrom ?? round.At };
    }

    /// <summary>Whether the interval under way is complete at this instant.</summary>
    public bool IsDue(DateTimeOffset at, AnalysisSpec spec) =>
        IntervalFrom is { } from && at - from >= spec.EvidenceInterval - (spec.ScrapeInterval * EarlyShare)
            && at > from;

    /// <summary>
    /// Closes the interval: what every pod added, on the bucket bounds and classes that all pods have in common.
    /// </summary>
    public (EvidenceInterval Interval, PodLedger Next) Close(DateTimeOffset at, AnalysisSpec spec)
    {
        var open = Pods.Values.Where(entry => !entry.Tally.IsEmpty).OrderBy(entry => entry.Pod, StringComparer.Ordinal)
            .ToArray();
        var bounds = CommonBounds(open.Select(entry => entry.Tally.Buckets));
        var classes = open.SelectMany(entry => entry.Tally.Classes.Keys).Distinct().Order(StringComparer.Ordinal)
            .ToImmutableArray();
        var own = open.SelectMany(entry => entry.Tally.Histograms.Keys).Distinct().ToImmutableSortedDictionary(
            name => name,
            name => CommonBounds(open.Select(entry => entry.Tally.Histograms.GetValueOrDefault(name))
                .OfType<SortedDictionary<double, double>>()),
            StringComparer.Ordinal);

        ImmutableArray<PodIncrease> PodsOf(Arm arm) =>
            [.. open.Where(entry => entry.Arm == arm)
                .Select(entry => entry.Tally.Close(entry.Pod, bounds, classes, own))];

        var interval = new EvidenceInterval
        {
            At = at,
            Canary = PodsOf(Arm.Canary),
            Stable = PodsOf(Arm.Stable),
            BucketBounds = bounds,
            ClassNames = classes,
            OwnBounds = own,
        };
        var kept = Pods.Where(pair => at - pair.Value.SeenAt < spec.EvidenceInterval * KeptIntervals)
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value with { Tally = new PodTally() }));
        return (interval, this with { Pods = ImmutableDictionary.CreateRange(kept), IntervalFrom = at });
    }

    private static ImmutableArray<double> CommonBounds(IEnumerable<SortedDictionary<double, double>> histograms)
    {
        HashSet<double>? common = null;
        foreach (var histogram in histograms)
        {
            if (histogram.Count == 0)
            {
                continue;
            }

            if (common is null)
            {
                common = [.. histogram.Keys];
            }
            else
            {
                common.IntersectWith(histogram.Keys);
            }
        }

        return common is null ? [] : [.. common.Where(double.IsFinite).Order()];
    }
}
