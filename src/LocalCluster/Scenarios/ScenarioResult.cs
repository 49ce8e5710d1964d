namespace Rollouts.LocalCluster.Scenarios;

/// <summary>How one story went. Times count from the release; null = it never came to that.</summary>
internal sealed record ScenarioResult
{
    public required Scenario Scenario { get; init; }

    public required string RunName { get; init; }

    public required string RunPhase { get; init; }

    public required string RunMessage { get; init; }

    public required string RolloutMessage { get; init; }

    /// <summary>Null when no outcome was reached in time.</summary>
    public required RolloutOutcome? Outcome { get; init; }

    /// <summary>The first moment at which the new version got traffic, or could have got it.</summary>
    public TimeSpan? ExposedAfter { get; init; }

    public TimeSpan? VerdictAfter { get; init; }

    /// <summary>
    /// The first moment at which only pods of the stable version were behind the Service and no other was left.
    /// </summary>
    public TimeSpan? AllStableAfter { get; init; }

    public TimeSpan? FaultToVerdict => VerdictAfter - ExposedAfter;

    public TimeSpan? VerdictToAllStable => AllStableAfter - VerdictAfter;

    public bool IsExpected => RunPhase == Scenario.ExpectedPhase && Outcome == Scenario.ExpectedOutcome;
}
