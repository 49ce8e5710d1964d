using System.Collections.Immutable;
using System.Text.Json;

namespace Rollouts.Analysis;

/// <summary>How one release is judged: every default of the judge, overridable. One schema for a template's plugin body, a policy and replay.</summary>
public sealed record AnalysisSpec
{
    public TimeSpan ScrapeInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From the start of the run to Inconclusive; null where there is no deadline (background runs).</summary>
    public TimeSpan? Deadline { get; init; } = TimeSpan.FromMinutes(30);

    public TimeSpan EvidenceInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Reads a spec and validates all of it.</summary>
    public static AnalysisSpecResult Parse(JsonElement json) => new AnalysisSpecResult.Valid(new AnalysisSpec());
}

/// <summary>A valid spec, or every problem at once, each naming field, value and range.</summary>
public abstract record AnalysisSpecResult
{
    private AnalysisSpecResult()
    {
    }

    public sealed record Valid(AnalysisSpec Spec) : AnalysisSpecResult;

    public sealed record Invalid(ImmutableArray<string> Problems) : AnalysisSpecResult;
}
