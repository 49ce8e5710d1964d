using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>The connection to the API server: TLS trust, client certificate, bearer token.</summary>
internal static class KubernetesHttp
{
    public static HttpClient Connect(ClusterConfig config)
    {
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(30),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            SslOptions = Tls(config),
        };
        return new HttpClient(new BearerTokenHandler(config) { InnerHandler = sockets })
        {
            BaseAddress = new Uri(config.Server.AbsoluteUri.TrimEnd('/') + "/"),
            // Deadlines are per call and run on the TimeProvider.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    private static SslClientAuthenticationOptions Tls(ClusterConfig config)
    {
        var options = new SslClientAuthenticationOptions();
        if (config.ClientCertificate is { } certificate)
        {
            options.ClientCertificates = [certificate];
        }

        if (config.SkipTlsVerify)
        {
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        }
        else if (config.CertificateAuthority is { } roots)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }

        return options;
    }

    private sealed class BearerTokenHandler(ClusterConfig config) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var token = config.TokenFile is { } file
                ? (await File.ReadAllTextAsync(file, cancellationToken)).Trim()
                : config.Token;
            if (token is not null)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }
}
