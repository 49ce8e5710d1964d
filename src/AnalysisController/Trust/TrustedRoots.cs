using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rollouts.AnalysisController.Trust;

/// <summary>
/// Roots that certificates are checked against. Those of a file are read again at each handshake, for what is mounted
/// there is rotated while we run; a file that cannot be used leaves the roots as they were.
/// </summary>
internal sealed class TrustedRoots
{
    private const X509ChainStatusFlags WithoutRoot =
        X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;

    private readonly string? _file;
    private readonly Lock _lock = new();
    private X509Certificate2Collection _roots;
    private byte[] _content = [];
    private string _problem = "";

    /// <param name="roots">They stay.</param>
    public TrustedRoots(X509Certificate2Collection roots) => _roots = roots;

    /// <exception cref="CryptographicException">The file holds no certificate in PEM.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public TrustedRoots(string file)
    {
        _file = file;
        _content = File.ReadAllBytes(file);
        _roots = Parse(_content);
    }

    /// <summary>For all handshakes: the check itself is <see cref="Refusal"/>'s.</summary>
    /// <remarks>
    /// A certificate may say where its issuer is to be fetched from. It is not: whoever shows us a certificate would
    /// make us ask any address.
    /// </remarks>
    public static X509ChainPolicy Policy() =>
        new() { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };

    /// <summary>Why a chain does not end in one of the roots; null when it does.</summary>
    /// <param name="shown">The chain as the handshake built it, with what the peer sent.</param>
    public (X509ChainStatusFlags Status, string Message)? Refusal(X509Certificate2 leaf, X509Chain shown)
    {
        var (roots, problem) = Current();
        using var chain = new X509Chain { ChainPolicy = shown.ChainPolicy.Clone() };
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Clear();
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        if (chain.Build(leaf))
        {
            return null;
        }

        var (status, message) = Describe(leaf, chain);
        return (
            status,
            problem.Length == 0 ? message : $"{message}; {problem}, so that those read before are used"
        );
    }

    /// <summary>What is wrong with a chain that was refused.</summary>
    public static (X509ChainStatusFlags Status, string Message) Describe(X509Certificate2 leaf, X509Chain chain)
    {
        var status = chain.ChainStatus.Aggregate(
            X509ChainStatusFlags.NoError,
            (all, one) => all | one.Status
        );
        var what = (status & WithoutRoot) != 0 ? "ends in no trusted root" : "does not hold";
        return (status, $"the chain of the certificate of {leaf.Subject} {what} ({status})");
    }

    private (X509Certificate2Collection Roots, string Problem) Current()
    {
        lock (_lock)
        {
            if (_file is not null)
            {
                Renew(_file);
            }

            return (_roots, _problem);
        }
    }

    /// <summary>
    /// Compares the content: what Kubernetes mounts is a link that stays to a folder that changes.
    /// </summary>
    private void Renew(string file)
    {
        try
        {
            var content = File.ReadAllBytes(file);
            if (!content.AsSpan().SequenceEqual(_content))
            {
                _roots = Parse(content);
                _content = content;
            }

            _problem = "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            _problem = $"the roots in {file} cannot be read: {e.Message}";
        }
    }

    private static X509Certificate2Collection Parse(byte[] content)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(System.Text.Encoding.UTF8.GetString(content));
        return roots.Count > 0 ? roots : throw new CryptographicException("holds no certificate in PEM");
    }
}
