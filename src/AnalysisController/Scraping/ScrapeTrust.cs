using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rollouts.AnalysisController.Trust;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>Which certificate of a pod is accepted.</summary>
internal abstract record ScrapeTrust
{
    private ScrapeTrust() { }

    /// <summary>One whose chain ends in a root and that carries the right name.</summary>
    /// <param name="Certificates">Null for the roots of the system.</param>
    /// <param name="ServerName">The name that it must carry; null for the pod's address.</param>
    public sealed record Roots(TrustedRoots? Certificates, string? ServerName) : ScrapeTrust;

    /// <summary>Exactly one of these, whoever signed it, whatever its name and its age.</summary>
    /// <param name="Sha256">Of the leaf certificates in DER, as upper-case hexadecimal digits.</param>
    public sealed record Pinned(ImmutableArray<string> Sha256) : ScrapeTrust;

    /// <summary>Any: encrypted, but nobody knows with whom.</summary>
    public sealed record Anyone : ScrapeTrust;

    public SslClientAuthenticationOptions Tls() =>
        new()
        {
            RemoteCertificateValidationCallback = Accepts,
            CertificateChainPolicy = TrustedRoots.Policy(),
        };

    /// <exception cref="CertificateRefusedException">The only way to say why from within a handshake.</exception>
    private bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 leaf || chain is null)
        {
            throw new CertificateRefusedException(ScrapeFailure.CertificateUntrusted, "the pod shows no certificate");
        }

        switch (this)
        {
            case Anyone:
                return true;
            case Pinned(var pins):
                var hash = leaf.GetCertHashString(HashAlgorithmName.SHA256);
                return pins.Contains(hash, StringComparer.OrdinalIgnoreCase)
                    ? true
                    : throw new CertificateRefusedException(
                        ScrapeFailure.CertificateNotPinned,
                        $"the certificate's SHA-256 is {hash}, which is not pinned"
                    );
            case Roots(var roots, var name):
                CheckChain(leaf, chain, roots, errors);
                CheckName(leaf, name, errors);
                return true;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static void CheckChain(
        X509Certificate2 leaf,
        X509Chain chain,
        TrustedRoots? roots,
        SslPolicyErrors errors
    )
    {
        var refusal = roots is not null ? roots.Refusal(leaf, chain)
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) ? TrustedRoots.Describe(leaf, chain)
            : null;
        if (refusal is var (status, message))
        {
            throw status.HasFlag(X509ChainStatusFlags.NotTimeValid)
                ? new CertificateRefusedException(
                    ScrapeFailure.CertificateExpired,
                    FormattableString.Invariant(
                        $"a certificate of the chain is out of its time; the pod's is valid from {leaf.NotBefore:u} "
                    ) + FormattableString.Invariant($"to {leaf.NotAfter:u}")
                )
                : new CertificateRefusedException(ScrapeFailure.CertificateUntrusted, message);
        }
    }

    private static void CheckName(X509Certificate2 leaf, string? name, SslPolicyErrors errors)
    {
        var isRight = name is null
            ? !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            : leaf.MatchesHostname(name);
        if (!isRight)
        {
            throw new CertificateRefusedException(
                ScrapeFailure.CertificateNameMismatch,
                $"the certificate of {leaf.Subject} does not carry {name ?? "the pod's address"}"
            );
        }
    }
}

/// <summary>A handshake that we ended, with the reason string of the scrape that failed by it.</summary>
internal sealed class CertificateRefusedException(string reason, string message) : Exception(message)
{
    public CertificateRefusedException()
        : this("the certificate is refused") { }

    public CertificateRefusedException(string message)
        : this(ScrapeFailure.CertificateUntrusted, message) { }

    public CertificateRefusedException(string message, Exception innerException)
        : this(ScrapeFailure.CertificateUntrusted, $"{message}: {innerException.Message}") { }

    public string Reason { get; } = reason;
}
