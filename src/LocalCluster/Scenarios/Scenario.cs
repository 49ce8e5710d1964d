namespace Rollouts.LocalCluster.Scenarios;

/// <summary>What becomes of the Rollout.</summary>
internal enum RolloutOutcome
{
    Promoted,
    RolledBack,
    Paused,
}

/// <summary>Where the Rollout has its analysis.</summary>
internal enum AnalysisPlacement
{
    /// <summary>A step after setWeight 20.</summary>
    Step,

    /// <summary>Beside the steps, from the first moment of the update.</summary>
    Background,

    /// <summary>Blue-green: after all traffic has changed over to the new version.</summary>
    PostPromotion,
}

/// <summary>One story: a new version, what is wrong with it, and how it must end.</summary>
internal sealed record Scenario
{
    public required string Name { get; init; }

    /// <summary>What a person reads first.</summary>
    public required string Story { get; init; }

    /// <summary>
    /// The fault's variable and value in the pod template of the new version, or null for a good one.
    /// </summary>
    public (string Variable, string Value)? Fault { get; init; }

    public bool HasTraffic { get; init; } = true;

    public AnalysisPlacement Analysis { get; init; } = AnalysisPlacement.Step;

    /// <summary>What the analysis is set to besides sample.yaml, as JSON; null leaves it as it stands.</summary>
    public string? Settings { get; init; }

    public required string ExpectedPhase { get; init; }

    public required RolloutOutcome ExpectedOutcome { get; init; }
}
