namespace Rollouts.AnalysisController.Scraping;

/// <summary>
/// Connections straight to pod addresses: no proxy, no redirects, no cookies, kept alive between rounds.
/// </summary>
internal static class ScrapeHttp
{
    public static HttpClient Connect() =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
                MaxConnectionsPerServer = 2,
            }
        )
        {
            // Deadlines are per scrape and run on the TimeProvider.
            Timeout = Timeout.InfiniteTimeSpan,
        };
}
