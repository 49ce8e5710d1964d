namespace Rollouts.AnalysisController.Scraping;

/// <summary>What a pod answered, of whatever status. Its bytes are valid as long as the body is.</summary>
/// <param name="Asked">The URI, for messages.</param>
/// <param name="Path">Below the pod's own address.</param>
internal sealed record PodAnswer(Uri Asked, string Path, HttpResponseMessage Response, BoundedBody Body)
{
    public int Status => (int)Response.StatusCode;

    public string? ContentType => Response.Content.Headers.ContentType?.ToString();

    /// <summary>
    /// Whether the answer said where it ends; without that, one that broke off looks like one that is complete.
    /// </summary>
    public bool EndIsAnnounced =>
        Response.Content.Headers.ContentLength is not null
        || Response.Headers.TransferEncodingChunked == true
        || Response.Version.Major > 1;
}
