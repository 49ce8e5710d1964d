using System.Collections.Frozen;
using System.Collections.Immutable;

using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Profiles;

namespace Rollouts.Analysis.Observation;

/// <summary>
/// The families of a scrape of which a judge may read samples, by name. Of all others it is enough to know that they
/// are there: a scrape without their samples is judged alike.
/// </summary>
public sealed class JudgedFamilies
{
    /// <summary>What a sample's name may add to that of its family.</summary>
    private static readonly ImmutableArray<string> Suffixes = ["", "_total", "_count"];

    /// <summary>Any row of the table may be picked, or may have been picked before.</summary>
    private static readonly FrozenSet<string> OfProfiles = ProfileTable.Rows
        .SelectMany(row => OwnersOf(row.Requests)
            .Concat(row.Duration is { } duration ? [duration, duration + "_bucket"] : []))
        .Concat(ScrapeTally.MemoryGauges)
        .ToFrozenSet(StringComparer.Ordinal);

    private readonly HashSet<string> _ofSpecs = new(StringComparer.Ordinal);

    private JudgedFamilies()
    {
    }

    /// <summary>What is read where scrapes are judged by any of these specs.</summary>
    public static JudgedFamilies By(IEnumerable<AnalysisSpec> specs)
    {
        var judged = new JudgedFamilies();
        judged._ofSpecs.UnionWith(specs.SelectMany(spec => spec.Metrics).SelectMany(metric => NamesOf(metric.Source)));
        return judged;
    }

    /// <summary>Whether a judge may read samples of the family.</summary>
    public bool Contains(string family) =>
        OfProfiles.Contains(family) || _ofSpecs.Contains(family) || GenericProfile.MaySpeakOfRequests(family);

    private static IEnumerable<string> NamesOf(MetricSource? source) => source switch
    {
        null => [],
        MetricSource.Ratio ratio => OwnersOf(ratio.Bad.Name).Concat(OwnersOf(ratio.Total.Name)),
        MetricSource.Histogram histogram => [histogram.Family, histogram.Family + "_bucket"],
        MetricSource.Classes classes => OwnersOf(classes.Counter),
        MetricSource.Gauge gauge => [gauge.Name],
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The families that a sample of this name may belong to, in the text format and in OpenMetrics.</summary>
    private static IEnumerable<string> OwnersOf(string sample) =>
        Suffixes.Where(suffix => sample.EndsWith(suffix, StringComparison.Ordinal))
            .Select(suffix => sample[..^suffix.Length]);
}
