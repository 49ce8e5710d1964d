using Rollouts.Exposition;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>The bounds on one scrape; each has a named reason when it is hit.</summary>
internal sealed record ScrapeLimits
{
    /// <summary>The share of <see cref="Timeout"/> within which the connection must be up, TLS included.</summary>
    private const double ConnectShare = 0.8;

    /// <summary>How many times <see cref="Timeout"/> a pod waits for its turn among all others.</summary>
    private const int TurnShare = 4;

    /// <summary>From the request to the last byte.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Largest body read, inflated.</summary>
    public int BodyBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// Largest body of a health answer: the longest of the usual ones list some dozens of components.
    /// </summary>
    public int HealthBodyBytes => Math.Min(BodyBytes, 256 * 1024);

    /// <summary>
    /// What all scrapes together may take: bodies on their way, what was read of them until its round is judged, and
    /// what is remembered of the last bodies.
    /// </summary>
    public long MemoryBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>The part of <see cref="MemoryBytes"/> for what is remembered between rounds.</summary>
    public long RememberedBytes => MemoryBytes / 4;

    /// <summary>Samples of one body.</summary>
    public int Samples { get; init; } = 50_000;

    /// <summary>Labels of one sample.</summary>
    public int Labels { get; init; } = 64;

    /// <summary>Bytes of one label's value.</summary>
    public int LabelValueBytes { get; init; } = 4 * 1024;

    /// <summary>Pods that are asked at the same time.</summary>
    public int Concurrency { get; init; } = 64;

    public TimeSpan ConnectTimeout => Timeout * ConnectShare;

    /// <summary>
    /// How long a pod waits until no more than <see cref="Concurrency"/> others are asked: pods that hang hold up a
    /// round, and those of other Rollouts, for so long and no longer.
    /// </summary>
    public TimeSpan TurnTimeout => Timeout * TurnShare;

    public ReadLimits Reading =>
        new()
        {
            MaxSamples = Samples,
            MaxLabels = Labels,
            MaxLabelValueBytes = LabelValueBytes,
        };
}
