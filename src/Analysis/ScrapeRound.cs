using System.Collections.Immutable;

using Rollouts.Exposition;

namespace Rollouts.Analysis;

/// <summary>The two ReplicaSets that are compared.</summary>
public enum Arm
{
    Stable,
    Canary,
}

/// <summary>
/// Everything one round of scraping learned about the pods of both arms. Failures are data here, never exceptions.
/// </summary>
/// <param name="At">When the round was scraped; the only clock that the core knows.</param>
/// <param name="Step">Number of the weight step under way; pass evidence starts anew when it changes.</param>
/// <param name="Pods">Every pod that exists on either arm, ready or not.</param>
public sealed record ScrapeRound(DateTimeOffset At, int Step, ImmutableArray<PodScrape> Pods)
{
    /// <summary>
    /// False while the strategy sends all traffic to one arm: blue-green before and after its switch, weight 0 and 100.
    /// Then an arm without requests is what was asked for, and absolute limits decide.
    /// </summary>
    public bool ArmsShareTraffic { get; init; } = true;
}

/// <summary>One pod in one round: what Kubernetes says of it and what it answered.</summary>
public sealed record PodScrape
{
    public required string Pod { get; init; }

    public required Arm Arm { get; init; }

    /// <summary>When the pod last became Ready; null while it is not Ready.</summary>
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>Sum of the containers' <c>restartCount</c>.</summary>
    public int RestartCount { get; init; }

    /// <summary>A container is waiting with reason CrashLoopBackOff.</summary>
    public bool InCrashLoop { get; init; }

    /// <summary>
    /// How often a container of this pod was seen terminated with reason OOMKilled, as far as its status still tells.
    /// </summary>
    public int OutOfMemoryKills { get; init; }

    /// <summary>The smallest memory limit of the pod's containers in bytes; null when there is none.</summary>
    public long? MemoryLimitBytes { get; init; }

    public required MetricsScrape Metrics { get; init; }

    public required HealthProbe Health { get; init; }
}

/// <summary>What <c>/metrics</c> answered.</summary>
public abstract record MetricsScrape
{
    private MetricsScrape()
    {
    }

    public sealed record Answered(ImmutableArray<MetricFamily> Families) : MetricsScrape;

    /// <param name="Reason">
    /// The stable reason string, such as <c>ConnectionRefused</c>, <c>Timeout</c>, <c>BodyTooLarge</c>,
    /// <c>Malformed</c>.
    /// </param>
    /// <param name="Message">One line for a person: which address, which number, which limit.</param>
    public sealed record Failed(string Reason, string Message) : MetricsScrape;

    /// <summary>The pod is not Ready, or was not due: no statement about its metrics.</summary>
    public sealed record NotAsked : MetricsScrape;
}

/// <summary>What <c>/health</c> answered.</summary>
public enum HealthProbe
{
    /// <summary>Not asked, or the pod has no health endpoint (404): no statement.</summary>
    Unknown,
    Pass,
    Fail,
}
