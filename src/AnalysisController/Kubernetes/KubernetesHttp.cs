using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Rollouts.AnalysisController.Trust;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>The connection to the API server: TLS trust, client certificate, bearer token.</summary>
internal static class KubernetesHttp
{
    /// <summary>A peer that has gone without a word is noticed after so long and three unanswered questions.</summary>
    private const int KeepAliveSeconds = 15;

    private const int KeepAliveRetrySeconds = 5;

    private const int KeepAliveRetries = 3;

    /// <param name="observe">Puts an observer before the connection; null observes nothing.</param>
    public static HttpClient Connect(ClusterConfig config, Func<HttpMessageHandler, HttpMessageHandler>? observe = null)
    {
        var credentials = new Credentials(config, TimeProvider.System);
        var connections = new CertifiedConnections(credentials, certificate => Open(config, certificate));
        return new HttpClient(
            new CredentialHandler(credentials, observe is null ? connections : observe(connections)))
        {
            BaseAddress = new Uri(config.Server.AbsoluteUri.TrimEnd('/') + "/"),
            // Deadlines are per call and run on the TimeProvider.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    private static SocketsHttpHandler Open(ClusterConfig config, X509Certificate2? certificate)
    {
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(30),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            SslOptions = Tls(config, certificate),
            ConnectCallback = ConnectAsync,
        };
        if (config.Proxy is { } proxy)
        {
            sockets.Proxy = new WebProxy(proxy);
        }

        return sockets;
    }

    /// <summary>
    /// A watch waits for what the server says next: only keep-alive tells a silent server from one that is gone.
    /// </summary>
    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveRetrySeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveRetries);
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SslClientAuthenticationOptions Tls(ClusterConfig config, X509Certificate2? certificate)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = config.TlsServerName };
        if (certificate is not null)
        {
            // Whatever issuers the server names: it may know more than it says.
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        options.CertificateChainPolicy = TrustedRoots.Policy();
        if (config.SkipTlsVerify)
        {
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        }
        else if (config.CertificateAuthority is { } roots)
        {
            options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                Accepts(roots, certificate as X509Certificate2, chain, errors);
        }

        return options;
    }

    /// <exception cref="AuthenticationException">The only way to say why from within a handshake.</exception>
    private static bool Accepts(
        TrustedRoots roots,
        X509Certificate2? certificate,
        X509Chain? chain,
        SslPolicyErrors errors
    ) =>
        certificate is null || chain is null
            ? throw new AuthenticationException("the API server shows no certificate")
        : roots.Refusal(certificate, chain) is var (_, message) ? throw new AuthenticationException(message)
        : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? throw new AuthenticationException(
                $"the certificate of {certificate.Subject} does not carry the name that was asked for"
            )
        : true;

    /// <summary>Puts the credential of the moment on every request, and drops one that was refused.</summary>
    private sealed class CredentialHandler(Credentials credentials, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (await credentials.TokenAsync(cancellationToken) is { } token)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            var response = await base.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.Unauthorized)
            {
                credentials.Refuse();
                if (credentials.CertificateProblem is { Length: > 0 } problem)
                {
                    response.Dispose();
                    throw new KubernetesException(
                        $"{request.Method} {request.RequestUri?.AbsolutePath}: 401 Unauthorized; {problem}, so that "
                            + "the one read before is used")
                    {
                        StatusCode = HttpStatusCode.Unauthorized,
                    };
                }
            }

            return response;
        }

        protected override void Dispose(bool disposing)
        {
            credentials.Dispose();
            base.Dispose(disposing);
        }
    }
}
