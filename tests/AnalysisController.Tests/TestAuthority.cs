using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rollouts.AnalysisController.Trust;

namespace Rollouts.AnalysisController.Tests;

/// <summary>A root of our own, or one below it, that signs certificates for servers of tests.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _certificate;

    private TestAuthority(X509Certificate2 certificate) => _certificate = certificate;

    public TestAuthority(string name = "test root")
        : this(SelfSigned(name)) { }

    public X509Certificate2 Certificate => X509CertificateLoader.LoadCertificate(_certificate.RawData);

    public string Pem => _certificate.ExportCertificatePem();

    public TrustedRoots Roots => new([Certificate]);

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public TestAuthority Intermediate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test intermediate", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var signed = request.Create(_certificate, Now.AddYears(-1), Now.AddYears(1), [9]);
        return new TestAuthority(signed.CopyWithPrivateKey(key));
    }

    /// <param name="name">A DNS name or an address.</param>
    /// <param name="issuerAt">Where the certificate says that its issuer can be fetched from.</param>
    public X509Certificate2 Leaf(string name, DateTimeOffset? until = null, Uri? issuerAt = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(name);
        }

        request.CertificateExtensions.Add(names.Build());
        if (issuerAt is not null)
        {
            request.CertificateExtensions.Add(
                new X509AuthorityInformationAccessExtension(ocspUris: null, caIssuersUris: [issuerAt.AbsoluteUri])
            );
        }

        using var signed = request.Create(_certificate, Now.AddYears(-1).AddDays(1), until ?? Now.AddMonths(6), [1]);
        using var withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }

    public void Dispose() => _certificate.Dispose();

    private static X509Certificate2 SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(Now.AddYears(-2), Now.AddYears(2));
    }
}
