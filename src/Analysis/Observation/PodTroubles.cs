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

    /// <summary>As the latest round said: the strategy sends traffic to both arms at once.</summary>
    public bool ArmsShareTraffic { get; init; } = true;

    /// <summary>The arms export different framework profiles.</summary>
    public bool ProfilesDiffer { get; init; }

    /// <summary>As a new run of the same pair takes it over: silence is counted from its start.</summary>
    public PodTroubles Fresh() => this with
    {
        Canary = Canary with { SilentFor = default },
        Stable = Stable with { SilentFor = default },
    };
}

/// <summary>How the scrapes of one arm fare.</summary>
/// <param name="SilentFor">
/// How long the rounds found no pod that answers with metrics that the judge knows; the judge's own absence does not
/// count.
/// </param>
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
    TimeSpan SilentFor,
    int Pods,
    int Asked,
    int Usable,
    int Unreachable,
    int Unknown,
    string Failure,
    string? Profile,
    bool HasServed)
{
    public static readonly ArmScrapes None = new(default, 0, 0, 0, 0, 0, "", null, false);
}
