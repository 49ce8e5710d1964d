namespace Rollouts.LocalCluster.Scenarios;

/// <summary>Every scenario there is; a new one is one more record here.</summary>
internal static class ScenarioTable
{
    /// <summary>The name that plays the default demo.</summary>
    public const string Default = "all-default";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new()
        {
            Name = "good",
            Story = "a good version",
            ExpectedPhase = "Successful",
            ExpectedOutcome = RolloutOutcome.Promoted,
        },
        new()
        {
            Name = "bad-errors",
            Story = "a bad version: one request in five is answered with 500",
            Fault = ("DEMO_FAULT_ERROR", "ratio=0.2,status=500"),
            ExpectedPhase = "Failed",
            ExpectedOutcome = RolloutOutcome.RolledBack,
        },
        new()
        {
            Name = "slow",
            Story = "a bad version: every request takes 300 ms more",
            Fault = ("DEMO_FAULT_SLOW", "ms=300,jitterMs=50,ratio=1"),
            ExpectedPhase = "Failed",
            ExpectedOutcome = RolloutOutcome.RolledBack,
        },
        new()
        {
            Name = "no-traffic",
            Story = "a new version that nobody sends a request to",
            HasTraffic = false,
            ExpectedPhase = "Inconclusive",
            ExpectedOutcome = RolloutOutcome.Paused,
        },
        new()
        {
            Name = "crashloop",
            Story = "a bad version: it crashes 3 s after each start (background analysis)",
            Fault = ("DEMO_FAULT_CRASH", "afterSeconds=3"),
            Analysis = AnalysisPlacement.Background,
            ExpectedPhase = "Failed",
            ExpectedOutcome = RolloutOutcome.RolledBack,
        },
    ];

    public static IEnumerable<string> Names => All.Select(scenario => scenario.Name).Append(Default);

    /// <summary>The stories that a name plays, one after the other on the same cluster.</summary>
    public static IReadOnlyList<Scenario> Select(string name) => name == Default
        ? [.. All.Where(scenario => scenario.Name is "good" or "bad-errors")]
        : [.. All.Where(scenario => scenario.Name == name)];
}
