using System.Collections.Immutable;
using System.Text.Json;

using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis;

/// <summary>
/// How one release is judged: every default of the judge, overridable. One schema for a template's plugin body, a
/// policy and replay.
/// </summary>
public sealed record AnalysisSpec
{
    /// <summary>Probability of a false abort for the whole rollout, all metrics and all looks; in (0, 0.5].</summary>
    public double Alpha { get; init; } = .01;

    /// <summary>Probability that a metric exactly on its tolerance line plus margin passes; in (0, 0.5].</summary>
    public double Beta { get; init; } = .05;

    public TimeSpan ScrapeInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Scrapes are summed to evidence of this length; one interval multiplies the evidence by at most the metric's
    /// clip.
    /// </summary>
    public TimeSpan EvidenceInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A pod contributes from this long after it became Ready.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>No step passes before this age.</summary>
    public TimeSpan MinimumStep { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>From the start of the run to Inconclusive; null where there is no deadline (background runs).</summary>
    public TimeSpan? Deadline { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Abort when no canary pod is Ready by then.</summary>
    public TimeSpan NeverReadyAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Evidence (not its logarithm) above which a step does not pass and a Hold metric withholds Pass; at least 1.
    /// </summary>
    public double HoldPromotionEvidence { get; init; } = 10;

    /// <summary>What the deadline means where nothing speaks against the canary but Pass was not reached.</summary>
    public DeadlineAction OnDeadline { get; init; } = DeadlineAction.Inconclusive;

    public ImmutableArray<MetricSpec> Metrics { get; init; } = MetricSpec.Defaults;

    /// <summary>Absolute limits that the owner set; apart from the statistics and from alpha.</summary>
    public ImmutableArray<LimitSpec> Limits { get; init; } = [];

    /// <summary>Name of the exposition profile, or null to detect it.</summary>
    public string? Profile { get; init; }

    /// <summary>Routes that are not traffic; a trailing <c>*</c> matches every ending.</summary>
    public ImmutableArray<string> ExcludedRoutes { get; init; } =
        ["/metrics", "/health*", "/livez*", "/readyz*", "/live", "/ready", "/actuator*", "/demo/*"];

    /// <summary>Reads a spec and validates all of it.</summary>
    public static AnalysisSpecResult Parse(JsonElement json, FieldNotation notation = FieldNotation.Free) =>
        SpecReader.Read(json, notation);
}

/// <summary>What the deadline means where nothing speaks against the canary but Pass was not reached.</summary>
public enum DeadlineAction
{
    /// <summary>Hold: neither promote nor roll back.</summary>
    Inconclusive,

    /// <summary>Pass when the evidence is below the promotion hold and no Hold metric is raised; an opt-in.</summary>
    PassIfNoHarm,
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
