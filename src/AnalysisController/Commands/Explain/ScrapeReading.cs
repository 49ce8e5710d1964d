using System.Collections.Immutable;
using Rollouts.Analysis;
using Rollouts.Analysis.Profiles;
using Rollouts.Exposition;

namespace Rollouts.AnalysisController.Commands.Explain;

/// <summary>What one scrape gives to the judge.</summary>
/// <param name="Requests">Null when no profile was found.</param>
internal sealed record ScrapeReading(
    ProfileReport Profile,
    RequestReading? Requests,
    ImmutableArray<MetricFinding> Metrics
)
{
    /// <summary>Reads one scrape as the judge would, and keeps what it thought.</summary>
    public static ScrapeReading Of(ImmutableArray<MetricFamily> families, AnalysisSpec spec)
    {
        var report = ProfileDetection.Explain(families, spec.Profile);
        return new ScrapeReading(
            report,
            report.Picked is { } picked ? RequestReading.Of(families, picked, spec.ExcludedRoutes) : null,
            MetricFinding.Of(families, report.Picked, spec)
        );
    }

    public bool IsComplete => Profile.Picked is not null && Metrics.All(metric => metric.IsFound != false);
}
