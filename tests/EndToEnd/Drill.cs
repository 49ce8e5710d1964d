using Rollouts.LocalCluster.Scenarios;

namespace Rollouts.EndToEnd;

/// <summary>A new version to bring out, and how.</summary>
internal sealed record Drill
{
    /// <summary>Of the Rollout, and of all that belongs to it.</summary>
    public required string Name { get; init; }

    /// <summary>The variable that makes the new version a bad one, and its value; null when nothing is wrong.</summary>
    public (string Variable, string Value)? Fault { get; init; }

    /// <summary>What the analysis is set to besides the preset <c>fast</c>, as JSON.</summary>
    public string Settings { get; init; } = "{}";

    public AnalysisPlacement Analysis { get; init; } = AnalysisPlacement.Step;

    /// <summary>
    /// The strategy as JSON, with <c>NAME</c> for that of the drill; null for a canary of one pod in three.
    /// </summary>
    public string? Strategy { get; init; }

    public int Replicas { get; init; } = 3;

    /// <summary>The run is looked at after a while, for it does not end.</summary>
    public bool IsEndless { get; init; }

    public override string ToString() => Name;
}
