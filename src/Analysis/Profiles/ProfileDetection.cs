using System.Collections.Immutable;

using Rollouts.Exposition;

namespace Rollouts.Analysis.Profiles;

/// <summary>
/// Finds the profile that a scrape fits: a row of the table, else a family that looks like one of requests.
/// </summary>
public static class ProfileDetection
{
    private static readonly ImmutableArray<string> StatusLabels =
    [
        "http_response_status_code", "http_status_code", "status_code", "response_code", "envoy_response_code", "code",
            "status",
        "outcome", "classification",
    ];

    private static readonly ImmutableArray<string> RouteLabels =
        ["http_route", "route", "path", "handler", "endpoint", "uri", "view"];

    private static readonly ImmutableArray<(string Suffix, double SecondsPerUnit)> Units =
        [("_seconds", 1), ("_milliseconds", .001), ("_ms", .001)];

    /// <summary>The profile of a scrape; null when it exports nothing that counts requests by status.</summary>
    /// <param name="wanted">Name of the profile that the policy asks for; null to detect it.</param>
    public static RequestProfile? Detect(ImmutableArray<MetricFamily> families, string? wanted)
    {
        foreach (var row in ProfileTable.Rows)
        {
            if ((wanted is null || wanted == row.Name) && HasSample(families, row.Requests, row.StatusLabel))
            {
                return row;
            }
        }

        return wanted is null or "Generic" ? Generic(families) : null;
    }

    /// <summary>
    /// A duration histogram, or a counter, with a status label; names must speak of HTTP requests and of a unit.
    /// </summary>
    private static RequestProfile? Generic(ImmutableArray<MetricFamily> families)
    {
        foreach (var family in families)
        {
            if (family.Type == MetricType.Histogram && UnitOf(family.Name) is { } unit && SpeaksOfRequests(family.Name)
                && Labelled(family, family.Name + "_count") is var (status, route))
            {
                return new RequestProfile("Generic", family.Name + "_count", family.Name, unit, status, route);
            }
        }

        foreach (var family in families)
        {
            var sample = family.Name.EndsWith("_total", StringComparison.Ordinal) ? family.Name : family.Name
                + "_total";
            if (family.Type is MetricType.Counter or MetricType.Untyped && SpeaksOfRequests(family.Name)
                && Labelled(family, sample) is var (status, route))
            {
                var (duration, unit) = DurationBeside(families);
                return new RequestProfile("Generic", sample, duration, unit, status, route);
            }
        }

        return null;
    }

    private static (string? Family, double SecondsPerUnit) DurationBeside(ImmutableArray<MetricFamily> families)
    {
        foreach (var family in families)
        {
            if (family.Type == MetricType.Histogram && SpeaksOfRequests(family.Name) && UnitOf(family.Name) is { } unit)
            {
                return (family.Name, unit);
            }
        }

        return (null, 1);
    }

    private static bool SpeaksOfRequests(string name) =>
        (name.StartsWith("http_", StringComparison.Ordinal) || name.Contains("_http_", StringComparison.Ordinal))
        && name.Contains("request", StringComparison.Ordinal)
        && !name.Contains("client", StringComparison.Ordinal)
        && !name.Contains("size", StringComparison.Ordinal)
        && !name.Contains("bytes", StringComparison.Ordinal)
        && !name.Contains("metric_handler", StringComparison.Ordinal);

    private static double? UnitOf(string name)
    {
        foreach (var (suffix, secondsPerUnit) in Units)
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal))
            {
                return secondsPerUnit;
            }
        }

        return null;
    }

    private static (string Status, string? Route)? Labelled(MetricFamily family, string sampleName)
    {
        foreach (var sample in family.Samples)
        {
            if (sample.Name == sampleName
                && StatusLabels.FirstOrDefault(label => sample.Labels[label] is not null) is { } status)
            {
                return (status, RouteLabels.FirstOrDefault(label => sample.Labels[label] is not null));
            }
        }

        return null;
    }

    private static bool HasSample(ImmutableArray<MetricFamily> families, string name, string label)
    {
        foreach (var family in families)
        {
            foreach (var sample in family.Samples)
            {
                if (sample.Name == name)
                {
                    return sample.Labels[label] is not null;
                }

                if (!sample.Name.StartsWith(family.Name, StringComparison.Ordinal)
                    || !name.StartsWith(family.Name, StringComparison.Ordinal))
                {
                    break;
                }
            }
        }

        return false;
    }
}
