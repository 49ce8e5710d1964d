using System.Net.Sockets;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>
/// The stable reason strings of a scrape that failed; labels of <c>canary_analysis_scrape_errors_total</c>.
/// </summary>
internal static class ScrapeFailure
{
    /// <summary>Nothing listens on the port.</summary>
    public const string ConnectionRefused = "ConnectionRefused";

    /// <summary>The connection was cut while it was in use.</summary>
    public const string ConnectionReset = "ConnectionReset";

    /// <summary>No complete answer within the scrape's deadline.</summary>
    public const string Timeout = "Timeout";

    /// <summary>No way to the host: its network is known, it does not answer.</summary>
    public const string HostUnreachable = "HostUnreachable";

    /// <summary>No way to the network that the address is in, or another failure to connect.</summary>
    public const string NetworkUnreachable = "NetworkUnreachable";

    /// <summary>Another status than 200; redirects are never followed.</summary>
    public const string HttpStatus = "HttpStatus";

    /// <summary>The body is longer than the limit, inflated.</summary>
    public const string BodyTooLarge = "BodyTooLarge";

    /// <summary>The body is not the exposition format; one bad line rejects it all.</summary>
    public const string Malformed = "Malformed";

    /// <summary>More samples or labels, or longer values, than one scrape may have.</summary>
    public const string LimitExceeded = "LimitExceeded";

    /// <summary>The pod names no port, or has no address.</summary>
    public const string NoTarget = "NoTarget";

    public static string Of(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException socket)
            {
                return socket.SocketErrorCode switch
                {
                    SocketError.ConnectionRefused => ConnectionRefused,
                    SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown =>
                        ConnectionReset,
                    SocketError.TimedOut => Timeout,
                    SocketError.HostUnreachable or SocketError.HostDown => HostUnreachable,
                    _ => NetworkUnreachable,
                };
            }
        }

        return ConnectionReset;
    }
}
