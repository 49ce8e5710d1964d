namespace Rollouts.AnalysisController.Scraping;

/// <summary>
/// What a policy says of where its pods' metrics and health are; what it leaves null, the pod's own words decide.
/// </summary>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Port">A port's number, or the name that a container of the pod gives it.</param>
/// <param name="Path">Of the metrics, with its query if it has one.</param>
/// <param name="HealthPath">Of the health endpoint, on the same port.</param>
internal sealed record ScrapeSettings(string? Scheme, string? Port, string? Path, string? HealthPath)
{
    /// <summary>Annotations and port names decide.</summary>
    public static ScrapeSettings FromPod { get; } = new(null, null, null, null);
}
