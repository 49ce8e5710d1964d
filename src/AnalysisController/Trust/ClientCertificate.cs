using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rollouts.AnalysisController.Trust;

/// <summary>
/// The certificate and the key by which we say who we are. What is in files is read again when they changed, for
/// cert-manager and the kubelet replace it long before it is over; a pair that cannot be used leaves the one before.
/// </summary>
internal sealed class ClientCertificate
{
    private readonly Func<(string Certificate, string Key)> _read;
    private readonly Lock _lock = new();
    private (string Certificate, string Key) _pem;
    private X509Certificate2 _certificate;

    /// <param name="read">Both in PEM, as they are now.</param>
    /// <exception cref="CryptographicException">They are no pair, or not in PEM.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public ClientCertificate(Func<(string Certificate, string Key)> read)
    {
        _read = read;
        _pem = read();
        _certificate = X509Certificate2.CreateFromPem(_pem.Certificate, _pem.Key);
    }

    /// <summary>The same object for as long as it is the same certificate; empty words when nothing is wrong.</summary>
    /// <remarks>Two files are not replaced at one instant: between them they are no pair.</remarks>
    public (X509Certificate2 Certificate, string Problem) Now()
    {
        lock (_lock)
        {
            try
            {
                var pem = _read();
                if (pem != _pem)
                {
                    _certificate = X509Certificate2.CreateFromPem(pem.Certificate, pem.Key);
                    _pem = pem;
                }

                return (_certificate, "");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
            {
                return (_certificate, $"the client certificate cannot be read again: {e.Message}");
            }
        }
    }
}
