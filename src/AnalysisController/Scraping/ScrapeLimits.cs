namespace Rollouts.AnalysisController.Scraping;

/// <summary>The bounds on one scrape; each has a named reason when it is hit.</summary>
internal sealed record ScrapeLimits
{
    /// <summary>From the request to the last byte. Never longer than the scrape interval.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Largest body read, inflated.</summary>
    public int BodyBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Scrapes under way at the same time, over all pods.</summary>
    public int Concurrency { get; init; } = 64;
}
