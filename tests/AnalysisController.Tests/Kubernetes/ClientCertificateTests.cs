using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rollouts.AnalysisController.Kubernetes;

namespace Rollouts.AnalysisController.Tests.Kubernetes;

/// <summary>Client certificates of a kubeconfig's files, shown to a TLS server that keeps its connections.</summary>
public sealed class ClientCertificateTests : IAsyncLifetime, IDisposable
{
    private readonly TestAuthority _root = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("certificates-");
    private readonly CertifiedServer _server;
    private HttpClient? _http;

    public ClientCertificateTests() => _server = new CertifiedServer(_root);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var address = await _server.StartAsync(Cancellation);
        Rotate("one");
        await File.WriteAllTextAsync(PathOf("ca.crt"), _root.Pem, Cancellation);
        await File.WriteAllTextAsync(
            PathOf("config"),
            $$"""
            current-context: c
            contexts: [{name: c, context: {cluster: c, user: u} }]
            clusters: [{name: c, cluster: {server: "{{address}}", certificate-authority: ca.crt} }]
            users: [{name: u, user: {client-certificate: tls.crt, client-key: tls.key} }]
            """,
            Cancellation
        );
        _http = KubernetesHttp.Connect(Kubeconfig.Load(PathOf("config"), null, _ => null));
    }

    [Fact]
    public async Task A_client_certificate_that_is_rotated_in_its_files_is_shown_with_the_next_request()
    {
        Assert.Equal("CN=one", await AskAsync());

        Rotate("two");

        Assert.Equal("CN=two", await AskAsync());
    }

    [Fact]
    public async Task Between_the_two_writes_of_a_rotation_the_certificate_before_is_shown()
    {
        Assert.Equal("CN=one", await AskAsync());

        var (certificate, key) = Pair("two");
        await File.WriteAllTextAsync(PathOf("tls.crt"), certificate, Cancellation);
        Assert.Equal("CN=one", await AskAsync());
        await File.WriteAllTextAsync(PathOf("tls.key"), key, Cancellation);

        Assert.Equal("CN=two", await AskAsync());
    }

    [Fact]
    public async Task What_is_under_way_ends_under_the_certificate_with_which_it_began()
    {
        using var watch = await _http!.GetAsync("watch", HttpCompletionOption.ResponseHeadersRead, Cancellation);

        Rotate("two");
        Assert.Equal("CN=two", await AskAsync());
        Rotate("three");
        Assert.Equal("CN=three", await AskAsync());
        _server.WatchEnds.SetResult();

        Assert.Equal("begun CN=one", await watch.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_refusal_says_that_the_files_cannot_be_read()
    {
        Assert.Equal("CN=one", await AskAsync());
        _server.Refused.Add("CN=one");
        File.Delete(PathOf("tls.key"));

        var failure = await Assert.ThrowsAsync<KubernetesException>(AskAsync);

        Assert.StartsWith(
            "GET /version: 401 Unauthorized; the client certificate cannot be read again: Could not find file",
            failure.Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith(", so that the one read before is used", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.IsTransient);
        Rotate("two");
        Assert.Equal("CN=two", await AskAsync());
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _http?.Dispose();
        _root.Dispose();
        _folder.Delete(recursive: true);
    }

    private Task<string> AskAsync() =>
        new KubernetesClient(_http!, TimeProvider.System).GetServerVersionAsync(Cancellation);

    private void Rotate(string name)
    {
        var (certificate, key) = Pair(name);
        File.WriteAllText(PathOf("tls.crt"), certificate);
        File.WriteAllText(PathOf("tls.key"), key);
    }

    private string PathOf(string file) => Path.Combine(_folder.FullName, file);

    private static (string Certificate, string Key) Pair(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var signed = request.CreateSelfSigned(TestAuthority.Now.AddDays(-1), TestAuthority.Now.AddDays(1));
        return (signed.ExportCertificatePem(), key.ExportECPrivateKeyPem());
    }
}
