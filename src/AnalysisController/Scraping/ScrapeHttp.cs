namespace Rollouts.AnalysisController.Scraping;

/// <summary>
/// Connections straight to pod addresses: no proxy, no redirects, no cookies, kept alive between rounds.
/// </summary>
internal static class ScrapeHttp
{
    public static HttpClient Connect(ScrapeOptions options) =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                ConnectTimeout = options.Limits.ConnectTimeout,
                PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
                // A root that was taken away is honoured for so long.
                PooledConnectionLifetime = TimeSpan.FromMinutes(10),
                MaxConnectionsPerServer = 2,
                // A body that we gave up is not read to its end to save the connection.
                MaxResponseDrainSize = 0,
                SslOptions = options.Trust.Tls(),
            }
        )
        {
            // Deadlines are per scrape and run on the TimeProvider.
            Timeout = Timeout.InfiniteTimeSpan,
        };
}
