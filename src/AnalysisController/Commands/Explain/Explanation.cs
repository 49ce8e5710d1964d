using System.Collections.Immutable;
using Rollouts.Analysis.Profiles;

namespace Rollouts.AnalysisController.Commands.Explain;

/// <summary>What would be scraped and judged, and why: the answer of <c>explain</c>.</summary>
/// <param name="Subject">The Rollout, or the file.</param>
/// <param name="Terms">Where the settings come from, in words.</param>
/// <param name="Notes">What else a person should know of the subject.</param>
/// <param name="Comparison">Whether the two arms can be compared; null where there is one file only.</param>
internal sealed record Explanation(
    string Subject,
    string Terms,
    ImmutableArray<string> Notes,
    ImmutableArray<SourceExplanation> Sources,
    ArmComparison? Comparison
)
{
    /// <summary>Everything that the spec asks for is there, on both arms.</summary>
    public bool IsComplete =>
        Sources.Any(source => source.Reading is not null)
        && Sources.All(source => source.IsComplete)
        && Comparison?.IsCompatible != false;
}

/// <summary>One pod, or one file.</summary>
/// <param name="Arm"><c>stable</c> or <c>canary</c>; empty where there is one file only.</param>
/// <param name="Target">What is asked; empty for a file, and for a pod that names nothing to ask.</param>
/// <param name="TargetFrom">Who named it, in words.</param>
/// <param name="Result"><c>Answered</c>, <c>NotAsked</c>, or the reason of a scrape that failed.</param>
/// <param name="Message">What happened, in words; empty when it answered.</param>
/// <param name="Reading">Null when there was no usable answer.</param>
internal sealed record SourceExplanation(
    string Name,
    string Arm,
    string Target,
    string TargetFrom,
    string Result,
    string Message,
    ScrapeReading? Reading
)
{
    public bool IsComplete => Reading?.IsComplete ?? Result == NotAsked;

    public const string Answered = "Answered";

    public const string NotAsked = "NotAsked";
}

/// <summary>What one scrape gives to the judge.</summary>
/// <param name="Requests">Null when no profile was found.</param>
internal sealed record ScrapeReading(
    ProfileReport Profile,
    RequestReading? Requests,
    ImmutableArray<MetricFinding> Metrics
)
{
    public bool IsComplete => Profile.Picked is not null && Metrics.All(metric => metric.IsFound != false);
}
