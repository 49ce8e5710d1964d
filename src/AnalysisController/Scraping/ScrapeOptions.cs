namespace Rollouts.AnalysisController.Scraping;

/// <summary>
/// How this process reaches pods. Whatever touches its own files and its trust is said on its command line, never by a
/// policy.
/// </summary>
internal sealed record ScrapeOptions
{
    public ScrapeLimits Limits { get; init; } = new();

    public ScrapeTrust Trust { get; init; } = new ScrapeTrust.Roots(null, null);

    /// <summary>Read before each request, so that a rotated token is taken up; null sends none.</summary>
    public string? BearerTokenFile { get; init; }

    public ScrapeVia Via { get; init; }
}

/// <summary>The way that a request takes to a pod.</summary>
internal enum ScrapeVia
{
    /// <summary>Straight to the pod's address.</summary>
    Pod,

    /// <summary>Through the API server's pod proxy, as whom the controller is there.</summary>
    ApiServer,
}
