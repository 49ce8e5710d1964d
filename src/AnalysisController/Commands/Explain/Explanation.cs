using System.Collections.Immutable;

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
