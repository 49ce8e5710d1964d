using System.Collections.Immutable;
using System.Globalization;

using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;
using Rollouts.Exposition;

namespace Rollouts.Analysis.Profiles;

/// <summary>What one metric of a spec would read from a scrape, in words for a person.</summary>
/// <param name="IsFound">Null where a scrape does not tell: the metric comes from elsewhere.</param>
public sealed record MetricFinding(string Metric, bool? IsFound, string Words)
{
    /// <summary>One finding for each metric of the spec, in its order.</summary>
    /// <param name="profile">Null when none was detected.</param>
    public static ImmutableArray<MetricFinding> Of(
        ImmutableArray<MetricFamily> families, RequestProfile? profile, AnalysisSpec spec)
    {
        var reading = profile is null ? null : RequestReading.Of(families, profile, spec.ExcludedRoutes);
        return [.. spec.Metrics.Select(metric => metric.Source is { } source
            ? OfOwn(metric, source, families)
            : OfProfile(metric, families, profile, reading))];
    }

    private static MetricFinding OfProfile(
        MetricSpec metric, ImmutableArray<MetricFamily> families, RequestProfile? profile, RequestReading? reading)
    {
        var noRequests = new MetricFinding(metric.Name, false, "no profile, so no requests");
        return metric.Kind switch
        {
            MetricKind.Health => new MetricFinding(metric.Name, null, "the pod's health endpoint"),
            MetricKind.Restarts => new MetricFinding(metric.Name, null, "the pod's status"),
            MetricKind.Gauge => OfGauge(metric, ScrapeTally.MemoryGauges, families),
            MetricKind.Errors => reading is null ? noRequests
                : OfRequests(metric, profile!, reading, reading.Errors, "server errors"),
            MetricKind.ClientErrors => reading is null ? noRequests
                : OfRequests(metric, profile!, reading, reading.ClientErrors, "client errors"),
            MetricKind.Latency => reading is null ? noRequests
                : new MetricFinding(metric.Name, reading.NoLatency is null, reading.NoLatency
                    ?? string.Create(CultureInfo.InvariantCulture,
                        $"{profile!.Duration}_bucket: {reading.Boundaries.Length} boundaries, ")
                    + string.Create(CultureInfo.InvariantCulture,
                        $"{reading.Boundaries[0]} to {reading.Boundaries[^1]} s")),
            MetricKind.Classes or MetricKind.Ratio =>
                new MetricFinding(metric.Name, false, "the spec names no source"),
        };
    }

    private static MetricFinding OfRequests(
        MetricSpec metric, RequestProfile profile, RequestReading reading, double bad, string what)
    {
        var labels = string.Join(", then ", profile.Status.Select(label => label.Name));
        var own = profile.Only is { } only ? $" where {only.Label} is {string.Join(" or ", only.Values)}," : "";
        var unknown = reading.UnknownStatuses.IsEmpty ? ""
            : $"; not understood: {string.Join(", ", reading.UnknownStatuses.Select(Quoted))}";
        return new MetricFinding(
            metric.Name,
            true,
            string.Create(CultureInfo.InvariantCulture,
                $"{profile.Requests}{own} by {labels}: {bad:#,0} {what} in {reading.Requests:#,0} requests so far")
                + unknown);
    }

    private static MetricFinding OfOwn(
        MetricSpec metric, MetricSource source, ImmutableArray<MetricFamily> families) => source switch
    {
        MetricSource.Ratio ratio => new MetricFinding(
            metric.Name, Has(families, ratio.Total.Name), $"{ratio.Bad.Name} over {ratio.Total.Name}"),
        MetricSource.Histogram histogram => new MetricFinding(
            metric.Name, Has(families, histogram.Family + "_bucket"), $"{histogram.Family}_bucket"),
        MetricSource.Classes classes => new MetricFinding(
            metric.Name, Has(families, classes.Counter), $"{classes.Counter} by {classes.Label}"),
        MetricSource.Gauge gauge => OfGauge(metric, [gauge.Name], families),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static MetricFinding OfGauge(
        MetricSpec metric, ImmutableArray<string> names, ImmutableArray<MetricFamily> families) =>
        names.FirstOrDefault(name => Has(families, name)) is { } found
            ? new MetricFinding(metric.Name, true, found)
            : new MetricFinding(metric.Name, false, $"none of {string.Join(", ", names)} is exported");

    private static bool Has(ImmutableArray<MetricFamily> families, string sample) =>
        families.Any(family => family.Samples.Any(candidate => candidate.Name == sample));

    private static string Quoted(string value) => $"\"{value}\"";
}
