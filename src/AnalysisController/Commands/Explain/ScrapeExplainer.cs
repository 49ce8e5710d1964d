using System.Collections.Immutable;
using Rollouts.Analysis;
using Rollouts.Analysis.Profiles;
using Rollouts.Exposition;

namespace Rollouts.AnalysisController.Commands.Explain;

/// <summary>Reads one scrape as the judge would, and keeps what it thought.</summary>
internal static class ScrapeExplainer
{
    public static ScrapeReading Read(ImmutableArray<MetricFamily> families, AnalysisSpec spec)
    {
        var report = ProfileDetection.Explain(families, spec.Profile);
        return new ScrapeReading(
            report,
            report.Picked is { } picked ? RequestReading.Of(families, picked, spec.ExcludedRoutes) : null,
            MetricFinding.Of(families, report.Picked, spec)
        );
    }
}
