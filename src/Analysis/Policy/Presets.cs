using System.Collections.Immutable;

namespace Rollouts.Analysis.Policy;

/// <summary>Specs by name, for people in a hurry. Each line says what it trades.</summary>
public static class Presets
{
    /// <summary>Names of all presets.</summary>
    public static ImmutableArray<string> Names => ["default", "fast", "strict"];

    /// <summary>The preset of that name, or null.</summary>
    public static AnalysisSpec? Named(string name) => name switch
    {
        "default" => Default,
        "fast" => Fast,
        "strict" => Strict,
        _ => null,
    };

    /// <summary>
    /// Detects in a minute or less, passes in five minutes at 8 canary requests a second: the measured trade of the
    /// docs.
    /// </summary>
    public static AnalysisSpec Default => new();

    /// <summary>
    /// For demos and drills: a verdict within a minute, paid with Pass margins ten times as wide and less protection
    /// from bursts.
    /// </summary>
    public static AnalysisSpec Fast => new()
    {
        ScrapeInterval = TimeSpan.FromSeconds(1),
        EvidenceInterval = TimeSpan.FromSeconds(2),
        WarmUp = TimeSpan.FromSeconds(4),
        MinimumStep = TimeSpan.FromSeconds(20),
        Deadline = TimeSpan.FromSeconds(60),
        NeverReadyAfter = TimeSpan.FromSeconds(60),
        Metrics = [.. MetricSpec.Defaults.Select(metric => metric.Name switch
        {
            "errors" => metric with { Margin = .05 },
            "lat_p50" => metric with { Margin = .2 },
            "lat_p90" => metric with { Margin = .1 },
            "lat_p99" => metric with { Margin = .05 },
            _ => metric,
        })],
    };

    /// <summary>
    /// Margins, gates and tolerances halved: smaller regressions are found, and a healthy canary needs about twice the
    /// requests to pass.
    /// </summary>
    public static AnalysisSpec Strict => new()
    {
        Deadline = TimeSpan.FromMinutes(60),
        Metrics = [.. MetricSpec.Defaults.Select(metric => metric with
        {
            Margin = metric.Margin / 2,
            Gate = metric.Gate / 2,
            Tolerance = 1 + ((metric.Tolerance - 1) / 2),
        })],
    };
}
