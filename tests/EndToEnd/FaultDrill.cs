using Rollouts.LocalCluster.Scenarios;

namespace Rollouts.EndToEnd;

/// <summary>One demo fault, and what a canary that is born with it comes to.</summary>
internal sealed record FaultDrill
{
    /// <summary>As the sample API names it.</summary>
    public required string Kind { get; init; }

    /// <summary>The keys of the fault's variable; empty takes the defaults.</summary>
    public string Fault { get; init; } = "";

    /// <summary>What the analysis is set to besides the preset <c>fast</c>, as JSON.</summary>
    public string Settings { get; init; } = "{}";

    public AnalysisPlacement Analysis { get; init; } = AnalysisPlacement.Step;

    /// <summary>The phase in which the run ends, or in which it still is when the drill has lasted.</summary>
    public required string Phase { get; init; }

    /// <summary>How the companion's message begins.</summary>
    public required string Reason { get; init; }

    /// <summary>What is said of the verdict in docs/drill-a-rollback.md.</summary>
    public required string Verdict { get; init; }

    /// <summary>A fault that has no key to set needs one to be switched on.</summary>
    public Drill ToDrill() => new()
    {
        Name = Kind,
        Fault =
            ($"DEMO_FAULT_{Kind.ToUpperInvariant().Replace('-', '_')}", Fault.Length > 0 ? Fault : "onlyVersion=v2"),
        Settings = Settings,
        Analysis = Analysis,
        IsEndless = Phase == "Running",
    };

    /// <summary>The row of the table in the docs.</summary>
    public string ToRow() => $"| `{Kind}` | {(Fault.Length == 0 ? "" : $"`{Fault}`")} | {Verdict} |";

    public override string ToString() => Kind;
}
