namespace Rollouts.Analysis.Observation;

/// <summary>
/// What the rounds said about the pods themselves: guardrails, and why there may be nothing to judge. Immutable.
/// </summary>
internal sealed record PodTroubles
{
    public static readonly PodTroubles None = new();

    /// <summary>The canary pod that is in CrashLoopBackOff now; null when none is.</summary>
    public string? CanaryInCrashLoop { get; init; }

    /// <summary>The canary pod that was killed for memory at least twice; null when none was.</summary>
    public string? CanaryKilledTwice { get; init; }

    /// <summary>When a stable pod was last seen in CrashLoopBackOff.</summary>
    public DateTimeOffset? StableCrashLoopAt { get; init; }

    /// <summary>When a stable pod was last seen newly killed for memory.</summary>
    public DateTimeOffset? StableKilledAt { get; init; }

    public DateTimeOffset? CanaryFirstSeenAt { get; init; }

    public bool WasCanaryEverReady { get; init; }

    /// <summary>Number of rounds taken in; zero in replays of intervals, where nothing is known of pods.</summary>
    public long Rounds { get; init; }

    public ArmScrapes Canary { get; init; } = ArmScrapes.None;

    public ArmScrapes Stable { get; init; } = ArmScrapes.None;

    /// <summary>The arms export different framework profiles.</summary>
    public bool ProfilesDiffer { get; init; }
}

/// <summary>How the scrapes of one arm fare.</summary>
/// <param name="UsableAt">When a pod last answered with metrics that the judge knows; null when none ever did.</param>
/// <param name="Pods">Pods of the latest round.</param>
/// <param name="Asked">Pods of the latest round that were asked for metrics.</param>
/// <param name="Usable">Pods of the latest round that answered with metrics that the judge knows.</param>
/// <param name="Unreachable">Pods of the latest round that refused, reset or timed out.</param>
/// <param name="Unknown">Pods of the latest round that answered without any metric that the judge knows.</param>
/// <param name="Failure">The latest failure in words; empty when there was none in the latest round.</param>
/// <param name="Profile">The profile that the latest usable pod exported; null when none was found.</param>
/// <param name="HasServed">
/// A pod's counters show that it served requests at some time, also before this analysis.
/// </param>
internal sealed record ArmScrapes(
    DateTimeOffset? UsableAt,
    int Pods,
    int Asked,
    int Usable,
    int Unreachable,
    int Unknown,
    string Failure,
    string? Profile,
    bool HasServed)
{
    public static readonly ArmScrapes None = new(null, 0, 0, 0, 0, 0, "", null, false);
}
