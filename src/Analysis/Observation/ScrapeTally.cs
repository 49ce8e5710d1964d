using System.Collections.Immutable;
using System.Globalization;

using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Profiles;
using Rollouts.Exposition;

namespace Rollouts.Analysis.Observation;

/// <summary>Adds the increases between two scrapes of one pod to its tally, by what the spec asks for.</summary>
internal static class ScrapeTally
{
    private const string BucketSuffix = "_bucket";

    public static readonly ImmutableArray<string> MemoryGauges =
    [
        "process_resident_memory_bytes", "dotnet_process_memory_working_set_bytes", "process_working_set_bytes",
        "process_memory_usage_bytes", "jvm_memory_used_bytes",
    ];

    /// <summary>Names of the families that the spec needs, given the profile.</summary>
    public static bool IsNeeded(string family, RequestProfile? profile, AnalysisSpec spec)
    {
        if (profile is not null && (Owns(family, profile.Requests) || family == profile.Duration
            || (profile.Duration is { } duration && IsBucketOf(family, duration))))
        {
            return true;
        }

        foreach (var metric in spec.Metrics)
        {
            var isOwn = metric.Source switch
            {
                null => false,
                MetricSource.Ratio ratio => Owns(family, ratio.Bad.Name) || Owns(family, ratio.Total.Name),
                MetricSource.Histogram histogram =>
                    family == histogram.Family || IsBucketOf(family, histogram.Family),
                MetricSource.Classes classes => Owns(family, classes.Counter),
                MetricSource.Gauge => false,
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            if (isOwn)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a sample name belongs to a family, in the text format and in OpenMetrics.</summary>
    private static bool Owns(string family, string sample) =>
        sample == family || (sample.StartsWith(family, StringComparison.Ordinal)
            && sample.AsSpan(family.Length) is "_total" or "_count");

    /// <summary>
    /// Whether a sample is a counter that <see cref="Add"/> may read. What else a family holds, such as a summary's
    /// quantiles, may fall without anything having been reset.
    /// </summary>
    public static bool IsCounter(Sample sample, RequestProfile? profile, AnalysisSpec spec)
    {
        if (profile is not null && (sample.Name == profile.Requests
            || (profile.Duration is { } duration && IsBucketOf(sample.Name, duration))))
        {
            return true;
        }

        foreach (var metric in spec.Metrics)
        {
            var isOwn = metric.Source switch
            {
                null or MetricSource.Gauge => false,
                MetricSource.Ratio ratio => sample.Name == ratio.Bad.Name || sample.Name == ratio.Total.Name,
                MetricSource.Histogram histogram => IsBucketOf(sample.Name, histogram.Family),
                MetricSource.Classes classes => sample.Name == classes.Counter,
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            if (isOwn)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds the increase of one sample wherever the spec asks for it.</summary>
    public static void Add(PodTally tally, Sample sample, double increase, RequestProfile? profile, AnalysisSpec spec)
    {
        if (profile is not null && profile.IsTraffic(sample.Labels, spec.ExcludedRoutes))
        {
            AddRequest(tally, sample, increase, profile);
        }

        foreach (var metric in spec.Metrics)
        {
            if (metric.Source is not null)
            {
                AddOwn(tally, sample, increase, metric);
            }
        }
    }

    /// <summary>Reads the gauges that the spec asks for; the sum over a gauge's series.</summary>
    public static void ReadGauges(PodTally tally, ImmutableArray<MetricFamily> families, AnalysisSpec spec)
    {
        foreach (var metric in spec.Metrics)
        {
            if (metric.Kind != MetricKind.Gauge)
            {
                continue;
            }

            var names = metric.Source is MetricSource.Gauge gauge ? [gauge.Name] : MemoryGauges;
            foreach (var name in names)
            {
                if (SumOf(families, name) is { } reading)
                {
                    tally.Gauges[metric.Name] = reading;
                    break;
                }
            }
        }
    }

    /// <summary>Marks everything that was observed to be zero: the pod was compared with its earlier scrape.</summary>
    public static void MarkObserved(PodTally tally, RequestProfile? profile, AnalysisSpec spec)
    {
        if (profile is not null)
        {
            tally.Requests ??= 0;
        }

        foreach (var metric in spec.Metrics)
        {
            if (metric.Source is MetricSource.Ratio)
            {
                tally.Ratios.TryAdd(metric.Name, default);
            }

            tally.HasClasses |= metric.Source is MetricSource.Classes;
        }
    }

    private static void AddRequest(PodTally tally, Sample sample, double increase, RequestProfile profile)
    {
        if (sample.Name == profile.Requests)
        {
            tally.Requests = (tally.Requests ?? 0) + increase;
            var outcome = profile.OutcomeOf(sample.Labels);
            tally.Errors += outcome == Outcome.ServerError ? increase : 0;
            tally.ClientErrors += outcome == Outcome.ClientError ? increase : 0;
        }
        else if (profile.Duration is { } duration && IsBucketOf(sample.Name, duration) && BoundOf(sample) is { } bound)
        {
            AddTo(tally.Buckets, bound / profile.UnitsPerSecond, increase);
        }
    }

    private static void AddOwn(PodTally tally, Sample sample, double increase, MetricSpec metric)
    {
        switch (metric.Source)
        {
            case MetricSource.Ratio ratio:
                var past = tally.Ratios.GetValueOrDefault(metric.Name);
                tally.Ratios[metric.Name] = new BadOfAll(
                    past.Bad + (Selects(ratio.Bad, sample) ? increase : 0),
                    past.All + (Selects(ratio.Total, sample) ? increase : 0));
                break;
            case MetricSource.Histogram histogram when IsBucketOf(sample.Name, histogram.Family)
                && BoundOf(sample) is { } bound:
                if (!tally.Histograms.TryGetValue(metric.Name, out var buckets))
                {
                    tally.Histograms[metric.Name] = buckets = [];
                }

                AddTo(buckets, bound, increase);
                break;
            case MetricSource.Classes classes when sample.Name == classes.Counter
                && sample.Labels[classes.Label] is { } value:
                tally.Classes[value] = tally.Classes.GetValueOrDefault(value) + increase;
                break;
            case null or MetricSource.Histogram or MetricSource.Classes or MetricSource.Gauge:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static bool Selects(SeriesSelector selector, Sample sample)
    {
        if (sample.Name != selector.Name)
        {
            return false;
        }

        foreach (var label in selector.Labels)
        {
            if (sample.Labels[label.Label] is not { } value || !NameFilter.Matches(label.Values, value))
            {
                return false;
            }
        }

        return true;
    }

    private static double? SumOf(ImmutableArray<MetricFamily> families, string name)
    {
        double? sum = null;
        foreach (var family in families)
        {
            if (family.Name != name)
            {
                continue;
            }

            foreach (var sample in family.Samples)
            {
                if (sample.Name == name && double.IsFinite(sample.Value))
                {
                    sum = (sum ?? 0) + sample.Value;
                }
            }
        }

        return sum;
    }

    private static bool IsBucketOf(string sample, string family) =>
        sample.Length == family.Length + BucketSuffix.Length
        && sample.StartsWith(family, StringComparison.Ordinal)
        && sample.EndsWith(BucketSuffix, StringComparison.Ordinal);

    private static double? BoundOf(Sample sample) => sample.Labels["le"] switch
    {
        null => null,
        "+Inf" or "Inf" => double.PositiveInfinity,
        var text =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var bound) ? bound : null,
    };

    private static void AddTo(SortedDictionary<double, double> buckets, double bound, double increase) =>
        buckets[bound] = buckets.GetValueOrDefault(bound) + increase;
}
