using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Tests.Scraping;

/// <summary>Pods with certificates of a root of our own, over real TLS.</summary>
public sealed class ScrapeTlsTests : IDisposable
{
    private const string Up = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nup 1\n";

    private static readonly ScrapeSettings Https = ScrapeSettings.FromPod with { Scheme = "https" };

    private readonly X509Certificate2 _root;

    public ScrapeTlsTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test root", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _root = request.CreateSelfSigned(Now.AddYears(-2), Now.AddYears(2));
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private X509Certificate2Collection Roots => [_root];

    [Fact]
    public async Task A_certificate_of_a_trusted_root_with_the_pods_address_is_accepted() =>
        await AssertAcceptedAsync(Leaf("127.0.0.1"), new ScrapeTrust.Roots(Roots, null));

    [Fact]
    public async Task A_certificate_may_carry_a_name_that_was_asked_for() =>
        await AssertAcceptedAsync(Leaf("shop.svc"), new ScrapeTrust.Roots(Roots, "shop.svc"));

    [Fact]
    public async Task A_certificate_for_another_name_is_a_CertificateNameMismatch() =>
        await AssertRefusedAsync(
            Leaf("other.svc"),
            new ScrapeTrust.Roots(Roots, null),
            "CertificateNameMismatch",
            "does not carry the pod's address"
        );

    [Fact]
    public async Task A_certificate_without_the_name_that_was_asked_for_is_a_CertificateNameMismatch() =>
        await AssertRefusedAsync(
            Leaf("127.0.0.1"),
            new ScrapeTrust.Roots(Roots, "shop.svc"),
            "CertificateNameMismatch",
            "does not carry shop.svc"
        );

    [Fact]
    public async Task A_certificate_of_an_unknown_root_is_CertificateUntrusted() =>
        await AssertRefusedAsync(
            Leaf("127.0.0.1"),
            new ScrapeTrust.Roots(null, null),
            "CertificateUntrusted",
            "CN=127.0.0.1"
        );

    [Fact]
    public async Task A_certificate_that_is_over_is_CertificateExpired() =>
        await AssertRefusedAsync(
            Leaf("127.0.0.1", Now.AddDays(-1)),
            new ScrapeTrust.Roots(Roots, null),
            "CertificateExpired",
            "out of its time"
        );

    [Fact]
    public async Task The_pinned_certificate_is_accepted_whoever_signed_it_and_however_old()
    {
        var leaf = Leaf("other.svc", Now.AddDays(-1));

        await AssertAcceptedAsync(leaf, new ScrapeTrust.Pinned([Sha256(leaf)]));
    }

    [Fact]
    public async Task Another_certificate_than_the_pinned_is_CertificateNotPinned_and_its_hash_is_told()
    {
        var leaf = Leaf("127.0.0.1");

        await AssertRefusedAsync(
            leaf,
            new ScrapeTrust.Pinned([Sha256(_root)]),
            "CertificateNotPinned",
            $"SHA-256 is {Sha256(leaf)}"
        );
    }

    [Fact]
    public async Task Any_certificate_is_accepted_where_verification_is_skipped() =>
        await AssertAcceptedAsync(Leaf("other.svc", Now.AddDays(-1)), new ScrapeTrust.Anyone());

    [Fact]
    public async Task Plain_http_where_https_was_asked_is_TlsFailed()
    {
        await using var pod = ScriptedPod.Answering(Up);

        AssertFailed("TlsFailed", "port of plain http", await pod.ScrapeAsync(settings: Https));
    }

    [Fact]
    public async Task Https_where_plain_http_was_asked_says_so()
    {
        await using var pod = ScriptedPod.Answering(Up, [], Leaf("127.0.0.1"));

        AssertFailed("ConnectionReset", "a port of https does that", await pod.ScrapeAsync());
    }

    public void Dispose() => _root.Dispose();

    private static string Sha256(X509Certificate2 certificate) =>
        certificate.GetCertHashString(HashAlgorithmName.SHA256);

    private static async Task AssertAcceptedAsync(X509Certificate2 leaf, ScrapeTrust trust)
    {
        await using var pod = ScriptedPod.Answering(Up, [], leaf);

        var scrape = await pod.ScrapeAsync(new ScrapeOptions { Trust = trust }, Https);

        Assert.True(scrape is MetricsScrape.Answered, $"{scrape}");
    }

    private static async Task AssertRefusedAsync(X509Certificate2 leaf, ScrapeTrust trust, string reason, string said)
    {
        await using var pod = ScriptedPod.Answering(Up, [], leaf);

        AssertFailed(reason, said, await pod.ScrapeAsync(new ScrapeOptions { Trust = trust }, Https));
    }

    private static void AssertFailed(string reason, string said, MetricsScrape scrape)
    {
        var failed = Assert.IsType<MetricsScrape.Failed>(scrape);
        Assert.True(reason == failed.Reason, $"wanted {reason}, got {failed.Reason}: {failed.Message}");
        Assert.Contains(said, failed.Message, StringComparison.Ordinal);
    }

    private X509Certificate2 Leaf(string name, DateTimeOffset? until = null)
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
        using var signed = request.Create(_root, Now.AddYears(-1), until ?? Now.AddYears(1), [1, 2, 3, 4]);
        using var withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }
}
