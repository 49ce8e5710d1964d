using System.Security.Cryptography.X509Certificates;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>
/// Connections under the client certificate of the moment. The API server looks at the certificate with which a
/// connection began at each request (kubernetes/apiserver pkg/authentication/request/x509/x509.go), so that another
/// certificate means other connections.
/// </summary>
/// <param name="open">Makes connections that show this certificate, or none.</param>
internal sealed class CertifiedConnections(
    Credentials credentials, Func<X509Certificate2?, SocketsHttpHandler> open) : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private X509Certificate2? _shown;
    private HttpMessageInvoker? _current;

    /// <summary>What was under way when the certificate changed ends on these.</summary>
    private HttpMessageInvoker? _former;

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken) =>
        Now().SendAsync(request, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        _current?.Dispose();
        _former?.Dispose();
        base.Dispose(disposing);
    }

    private HttpMessageInvoker Now()
    {
        var certificate = credentials.Certificate;
        lock (_lock)
        {
            if (_current is null || !ReferenceEquals(certificate, _shown))
            {
                _former?.Dispose();
                _former = _current;
                _current = new HttpMessageInvoker(open(certificate));
                _shown = certificate;
            }

            return _current;
        }
    }
}
