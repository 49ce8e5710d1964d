using System.Collections.Immutable;

using Rollouts.Exposition;

namespace Rollouts.Analysis.Profiles;

/// <summary>A profile made up from names that speak for themselves, where no row of the table fits.</summary>
/// <remarks>
/// In this order: a duration with a unit and a status label; a counter with a status label, and a duration beside it; a
/// duration with a status label but without a unit, of which the requests are taken and not the latency, for a unit
/// is never guessed from the numbers.
/// </remarks>
internal static class GenericProfile
{
    private static readonly ImmutableArray<string> StatusLabels =
    [
        "http_response_status_code", "http_status_code", "status_code", "response_code", "envoy_response_code",
        "code", "status", "outcome", "classification",
    ];

    private static readonly ImmutableArray<string> RouteLabels =
        ["http_route", "route", "path", "handler", "endpoint", "uri", "view"];

    private static readonly ImmutableArray<(string Suffix, double UnitsPerSecond)> Units =
        [("_seconds", 1), ("_milliseconds", 1000), ("_ms", 1000)];

    /// <summary>Words of families that count something else than the requests that a server answered.</summary>
    private static readonly ImmutableArray<string> OtherThings =
        ["client", "size", "bytes", "metric_handler", "in_progress", "in_flight", "active", "created"];

    public static RequestProfile? Find(ImmutableArray<MetricFamily> families) =>
        WithUnit(families) ?? Counted(families) ?? WithoutUnit(families);

    /// <summary>
    /// False for a family that is never looked at, whatever it holds: neither it nor one whose name it may lend to a
    /// sample, <c>x_http</c> to <c>x_http_total</c>, speaks of requests.
    /// </summary>
    public static bool MaySpeakOfRequests(string name) =>
        name.Contains("http", StringComparison.Ordinal) && name.Contains("request", StringComparison.Ordinal)
        && !OtherThings.Any(word => name.Contains(word, StringComparison.Ordinal));

    /// <summary>Sample names that count requests by no label that tells how they ended.</summary>
    public static IEnumerable<string> WithoutStatus(ImmutableArray<MetricFamily> families)
    {
        foreach (var family in families)
        {
            var sample = IsDuration(family) ? family.Name + "_count"
                : IsCounter(family) ? CounterSample(family)
                : null;
            if (sample is not null && Labelled(family, sample) is null
                && family.Samples.Any(candidate => candidate.Name == sample))
            {
                yield return sample;
            }
        }
    }

    private static RequestProfile? WithUnit(ImmutableArray<MetricFamily> families)
    {
        foreach (var family in families)
        {
            if (IsDuration(family) && UnitOf(family.Name) is { } unit
                && Labelled(family, family.Name + "_count") is { } profile)
            {
                return profile with { Duration = family.Name, UnitsPerSecond = unit };
            }
        }

        return null;
    }

    private static RequestProfile? Counted(ImmutableArray<MetricFamily> families)
    {
        foreach (var family in families)
        {
            if (IsCounter(family) && Labelled(family, CounterSample(family)) is { } profile)
            {
                var beside = families.FirstOrDefault(candidate =>
                    IsDuration(candidate) && UnitOf(candidate.Name) is not null);
                return profile with
                {
                    Duration = beside?.Name,
                    UnitsPerSecond = beside is null ? 1 : UnitOf(beside.Name)!.Value,
                };
            }
        }

        return null;
    }

    private static RequestProfile? WithoutUnit(ImmutableArray<MetricFamily> families)
    {
        foreach (var family in families)
        {
            if (IsDuration(family) && Labelled(family, family.Name + "_count") is { } profile)
            {
                return profile;
            }
        }

        return null;
    }

    private static bool IsDuration(MetricFamily family) =>
        family.Type is MetricType.Histogram or MetricType.Summary
        && SpeaksOfRequests(family.Name)
        && (family.Name.Contains("duration", StringComparison.Ordinal)
            || family.Name.Contains("latency", StringComparison.Ordinal)
            || family.Name.Contains("time", StringComparison.Ordinal));

    private static bool IsCounter(MetricFamily family) =>
        family.Type is MetricType.Counter or MetricType.Untyped && SpeaksOfRequests(family.Name)
        && !family.Name.EndsWith("_bucket", StringComparison.Ordinal)
        && !family.Name.EndsWith("_sum", StringComparison.Ordinal);

    /// <summary>OpenMetrics names the family without the suffix that its sample has.</summary>
    private static string CounterSample(MetricFamily family) =>
        family.Samples.Any(sample => sample.Name == family.Name) ? family.Name : family.Name + "_total";

    private static bool SpeaksOfRequests(string name) =>
        (name.StartsWith("http_", StringComparison.Ordinal) || name.Contains("_http_", StringComparison.Ordinal))
        && MaySpeakOfRequests(name);

    private static double? UnitOf(string name)
    {
        foreach (var (suffix, unitsPerSecond) in Units)
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal))
            {
                return unitsPerSecond;
            }
        }

        return null;
    }

    private static RequestProfile? Labelled(MetricFamily family, string requests)
    {
        foreach (var sample in family.Samples)
        {
            if (sample.Name == requests
                && StatusLabels.FirstOrDefault(label => sample.Labels[label] is not null) is { } status)
            {
                return new RequestProfile
                {
                    Name = ProfileTable.Generic,
                    Requests = requests,
                    Status = [new StatusLabel(status)],
                    Routes = [.. RouteLabels.Where(label => sample.Labels[label] is not null)],
                };
            }
        }

        return null;
    }
}
