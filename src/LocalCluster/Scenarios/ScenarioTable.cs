namespace Rollouts.LocalCluster.Scenarios;

/// <summary>Every scenario there is; a new one is one more record here.</summary>
internal static class ScenarioTable
{
    /// <summary>The name that plays the default demo.</summary>
    public const string Default = "all-default";

    private const string AtMostFivePercent =
        """{"limits": [{"metric": "errors", "max": "0.05", "minimumRequests": 500}]}""";

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
        new()
        {
            Name = "blue-green-bad",
            Story = "a bad version with all traffic at once: every request is answered with 500, the limit is 5 %",
            Fault = ("DEMO_FAULT_ERROR", "ratio=1,status=500"),
            Analysis = AnalysisPlacement.PostPromotion,
            Settings = AtMostFivePercent,
            ExpectedPhase = "Failed",
            ExpectedOutcome = RolloutOutcome.RolledBack,
        },
        new()
        {
            Name = "blue-green-good",
            Story = "a good version with all traffic at once; the owner's limit is 5 % errors",
            Analysis = AnalysisPlacement.PostPromotion,
            Settings = AtMostFivePercent,
            ExpectedPhase = "Successful",
            ExpectedOutcome = RolloutOutcome.Promoted,
        },
        new()
        {
            Name = "blue-green-no-limits",
            Story = "a good version with all traffic at once, and no limit to measure it by",
            Analysis = AnalysisPlacement.PostPromotion,
            Settings = """{"deadlineSeconds": 30}""",
            ExpectedPhase = "Inconclusive",
            ExpectedOutcome = RolloutOutcome.Paused,
        },
    ];

    public static IEnumerable<string> Names => All.Select(scenario => scenario.Name).Append(Default);

    /// <summary>The stories that a name plays, one after the other on the same cluster.</summary>
    public static IReadOnlyList<Scenario> Select(string name) => name == Default
        ? [.. All.Where(scenario => scenario.Name is "good" or "bad-errors")]
        : [.. All.Where(scenario => scenario.Name == name)];
}
