using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Scraping;
using Rollouts.AnalysisController.Trust;

namespace Rollouts.AnalysisController.Tests.Scraping;

/// <summary>Pods with certificates of a root of our own, over real TLS.</summary>
public sealed class ScrapeTlsTests : IDisposable
{
    private const string Up = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nup 1\n";

    private static readonly ScrapeSettings Https = ScrapeSettings.FromPod with { Scheme = "https" };

    private readonly TestAuthority _root = new();

    private static DateTimeOffset Now => TestAuthority.Now;

    private TrustedRoots Roots => _root.Roots;

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
            new ScrapeTrust.Pinned([Sha256(_root.Certificate)]),
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

    [Fact]
    public async Task A_chain_over_what_the_pod_sends_along_is_followed_to_the_root()
    {
        using var between = _root.Intermediate();
        await using var pod = ScriptedPod.Answering(Up, [], between.Leaf("127.0.0.1"));
        pod.Intermediates.Add(between.Certificate);

        var scrape = await pod.ScrapeAsync(new ScrapeOptions { Trust = new ScrapeTrust.Roots(Roots, null) }, Https);

        Assert.True(scrape is MetricsScrape.Answered, $"{scrape}");
    }

    /// <summary>Whoever shows a certificate would else make the controller ask any address.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_issuer_is_not_fetched_from_where_a_pods_certificate_says(bool hasRoots)
    {
        await using var elsewhere = ScriptedPod.Answering(Up);
        using var stranger = new TestAuthority("stranger");
        using var between = stranger.Intermediate();
        var issuerAt = new Uri($"http://127.0.0.1:{elsewhere.Port}/issuer.crt");
        var trust = new ScrapeTrust.Roots(hasRoots ? Roots : null, null);

        await AssertRefusedAsync(
            between.Leaf("127.0.0.1", issuerAt: issuerAt),
            trust,
            "CertificateUntrusted",
            "ends in no trusted root"
        );

        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task Roots_that_are_replaced_in_their_file_are_taken_up_at_the_next_connection()
    {
        using var mounted = new MountedFile(_root.Pem);
        using var next = new TestAuthority("next root");
        await using var pod = ScriptedPod.Answering(Up, [], Leaf("127.0.0.1"));
        var options = new ScrapeOptions { Trust = new ScrapeTrust.Roots(new TrustedRoots(mounted.Path), null) };
        Assert.IsType<MetricsScrape.Answered>(await pod.ScrapeAsync(options, Https));

        mounted.Replace(next.Pem);

        AssertFailed("CertificateUntrusted", "CN=127.0.0.1", await pod.ScrapeAsync(options, Https));
        pod.Certificate = next.Leaf("127.0.0.1");
        Assert.IsType<MetricsScrape.Answered>(await pod.ScrapeAsync(options, Https));
    }

    [Theory]
    [InlineData("not a certificate", "holds no certificate in PEM")]
    [InlineData(null, "Could not find")]
    public async Task Roots_that_are_unusable_for_a_while_leave_those_before_and_a_refusal_says_so(
        string? content,
        string said
    )
    {
        using var mounted = new MountedFile(_root.Pem);
        using var stranger = new TestAuthority("stranger");
        await using var pod = ScriptedPod.Answering(Up, [], Leaf("127.0.0.1"));
        var options = new ScrapeOptions { Trust = new ScrapeTrust.Roots(new TrustedRoots(mounted.Path), null) };

        mounted.Replace(content);

        Assert.IsType<MetricsScrape.Answered>(await pod.ScrapeAsync(options, Https));
        pod.Certificate = stranger.Leaf("127.0.0.1");
        AssertFailed("CertificateUntrusted", said, await pod.ScrapeAsync(options, Https));
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

    private X509Certificate2 Leaf(string name, DateTimeOffset? until = null) => _root.Leaf(name, until);
}
