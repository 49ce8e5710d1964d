using System.Text.Json;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Policy;

/// <summary>A valid <see cref="CanaryPolicy"/>: which Rollouts it judges, how, and what a verdict does.</summary>
internal sealed record PolicyTerms
{
    public required ObjectMeta Metadata { get; init; }

    /// <summary>Name of the one Rollout; null where labels select.</summary>
    public string? RolloutName { get; init; }

    /// <summary>Labels that a Rollout must have, all of them; empty where a name selects.</summary>
    public required IReadOnlyDictionary<string, string> MatchLabels { get; init; }

    public PolicyMode Mode { get; init; }

    public FailAction OnFail { get; init; }

    public InconclusiveAction OnInconclusive { get; init; }

    public NoDataAction OnNoData { get; init; }

    public required ScrapeSettings Scrape { get; init; }

    public required AnalysisSpec Analysis { get; init; }

    /// <summary>
    /// Analysis and scrape as they were written, in the form of a template's plugin body: what a report run carries,
    /// and what a template that names this policy overlays.
    /// </summary>
    public required JsonElement Body { get; init; }

    public required ReportHistory History { get; init; }

    public string Name => Metadata.Name;

    public bool Selects(Rollout rollout) =>
        RolloutName is { } name
            ? rollout.Metadata.Name == name
            : MatchLabels.All(label => rollout.Metadata.Labels.GetValueOrDefault(label.Key) == label.Value);
}

/// <summary>How many ended report runs of one Rollout are kept, and for how long.</summary>
/// <param name="Limit">0 to 100; the newest are kept.</param>
/// <param name="MaxAge">A minute to a year, from the run's end.</param>
internal sealed record ReportHistory(int Limit, TimeSpan MaxAge)
{
    public static ReportHistory Default { get; } = new(10, TimeSpan.FromDays(7));
}
