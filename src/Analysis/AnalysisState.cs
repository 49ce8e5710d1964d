using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis;

/// <summary>All that the judge knows of one pair of ReplicaSets; immutable.</summary>
public sealed record AnalysisState
{
    public required AnalysisSpec Spec { get; init; }

    /// <summary>When the AnalysisRun under way began; deadline and minimum step count from here.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset NextRoundAt { get; init; }

    /// <summary>Number of evidence intervals closed so far for this pair.</summary>
    public long Intervals { get; init; }

    public required CanaryVerdict Verdict { get; init; }
}
