using System.Collections.Immutable;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>
/// The stable reason strings of a scrape that failed; labels of <c>canary_analysis_scrape_errors_total</c>.
/// </summary>
internal static class ScrapeFailure
{
    /// <summary>The pod is gone or has no address, or names no port or path that can be asked.</summary>
    public const string NoTarget = "NoTarget";

    /// <summary>The bearer token's file cannot be read.</summary>
    public const string TokenUnreadable = "TokenUnreadable";

    /// <summary>Nothing listens on the port.</summary>
    public const string ConnectionRefused = "ConnectionRefused";

    /// <summary>The connection was cut before an answer began.</summary>
    public const string ConnectionReset = "ConnectionReset";

    /// <summary>No connection within the scrape's deadline.</summary>
    public const string ConnectTimeout = "ConnectTimeout";

    /// <summary>Connected, but no complete answer within the scrape's deadline.</summary>
    public const string Timeout = "Timeout";

    /// <summary>No way to the host: its network is known, it does not answer.</summary>
    public const string HostUnreachable = "HostUnreachable";

    /// <summary>No way to the network that the address is in, or another failure to connect.</summary>
    public const string NetworkUnreachable = "NetworkUnreachable";

    /// <summary>The API server refuses the controller its pod proxy.</summary>
    public const string ProxyForbidden = "ProxyForbidden";

    /// <summary>The API server could not serve its pod proxy, whatever the pod: it has no time, or is broken.</summary>
    public const string ProxyFailed = "ProxyFailed";

    /// <summary>Scheme https was asked for, and the handshake failed; a plain http port does that.</summary>
    public const string TlsFailed = "TlsFailed";

    /// <summary>The chain of the pod's certificate ends in no trusted root.</summary>
    public const string CertificateUntrusted = "CertificateUntrusted";

    /// <summary>A certificate of the chain is not valid yet, or no longer.</summary>
    public const string CertificateExpired = "CertificateExpired";

    /// <summary>The certificate carries neither the pod's address nor the name that was asked for.</summary>
    public const string CertificateNameMismatch = "CertificateNameMismatch";

    /// <summary>The certificate is not one of the pinned ones.</summary>
    public const string CertificateNotPinned = "CertificateNotPinned";

    /// <summary>The answer is not HTTP; a TLS port that is asked in plain http does that.</summary>
    public const string NotHttp = "NotHttp";

    /// <summary>Another status than 200; redirects are never followed.</summary>
    public const string HttpStatus = "HttpStatus";

    /// <summary>The body ended before it was complete.</summary>
    public const string BodyCut = "BodyCut";

    /// <summary>The body is longer than the limit, inflated.</summary>
    public const string BodyTooLarge = "BodyTooLarge";

    /// <summary>The body is neither gzip nor plain, or not the gzip that it says it is.</summary>
    public const string WrongEncoding = "WrongEncoding";

    /// <summary>The body is not the exposition format, and its Content-Type does not say so either.</summary>
    public const string WrongContentType = "WrongContentType";

    /// <summary>The body is not the exposition format; one bad line rejects it all.</summary>
    public const string Malformed = "Malformed";

    /// <summary>More samples than one scrape may have.</summary>
    public const string SampleLimit = "SampleLimit";

    /// <summary>More labels than one sample may have.</summary>
    public const string LabelLimit = "LabelLimit";

    /// <summary>A label's value is longer than it may be.</summary>
    public const string LabelValueLimit = "LabelValueLimit";

    /// <summary>All scrapes together held what they may at that moment, and this one did not fit.</summary>
    public const string MemoryLimit = "MemoryLimit";

    /// <summary>All of them, in the order of a scrape.</summary>
    public static ImmutableArray<string> All { get; } =
    [
        NoTarget,
        TokenUnreadable,
        ConnectionRefused,
        ConnectionReset,
        ConnectTimeout,
        Timeout,
        HostUnreachable,
        NetworkUnreachable,
        ProxyForbidden,
        ProxyFailed,
        TlsFailed,
        CertificateUntrusted,
        CertificateExpired,
        CertificateNameMismatch,
        CertificateNotPinned,
        NotHttp,
        HttpStatus,
        BodyCut,
        BodyTooLarge,
        WrongEncoding,
        WrongContentType,
        Malformed,
        SampleLimit,
        LabelLimit,
        LabelValueLimit,
        MemoryLimit,
    ];

    /// <summary>Whether the pod answered, though not with what we can use.</summary>
    public static bool IsAnswer(string reason) =>
        reason
            is HttpStatus
                or BodyTooLarge
                or WrongEncoding
                or WrongContentType
                or Malformed
                or SampleLimit
                or LabelLimit
                or LabelValueLimit
                or MemoryLimit;

    /// <summary>The reason of a request that gave no answer, and what happened in words.</summary>
    public static (string Reason, string Message) Of(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case CertificateRefusedException refused:
                    return (refused.Reason, refused.Message);
                case SocketException socket:
                    return (Of(socket.SocketErrorCode), socket.Message);
                case AuthenticationException:
                    return (TlsFailed, $"the TLS handshake failed; is it a port of plain http? ({cause.Message})");
                default:
                    break;
            }
        }

        return Of(failure as HttpRequestException) is { } reason
            ? reason
            : (ConnectionReset, failure.GetBaseException().Message);
    }

    private static (string Reason, string Message)? Of(HttpRequestException? failure) =>
        failure?.HttpRequestError switch
        {
            HttpRequestError.SecureConnectionError => (
                TlsFailed,
                $"the TLS handshake failed; is it a port of plain http? ({failure.GetBaseException().Message})"
            ),
            HttpRequestError.InvalidResponse => (
                NotHttp,
                $"the answer is not HTTP; is it a port of https? ({failure.GetBaseException().Message})"
            ),
            HttpRequestError.ConfigurationLimitExceeded => (NotHttp, failure.Message),
            HttpRequestError.ResponseEnded => (
                ConnectionReset,
                "the pod closed the connection without an answer; a port of https does that, asked in plain http"
            ),
            _ => null,
        };

    private static string Of(SocketError error) =>
        error switch
        {
            SocketError.ConnectionRefused => ConnectionRefused,
            SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => ConnectionReset,
            SocketError.TimedOut => ConnectTimeout,
            SocketError.HostUnreachable or SocketError.HostDown => HostUnreachable,
            _ => NetworkUnreachable,
        };
}
