using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Tests.Scraping;
using Rollouts.AnalysisController.Trust;

namespace Rollouts.AnalysisController.Tests.Kubernetes;

/// <summary>The API server over real TLS: whom we take for it, and what changes under us.</summary>
public sealed class KubernetesTlsTests : IDisposable
{
    private const string Version =
        "HTTP/1.1 200 OK\r\nContent-Length: 24\r\nConnection: close\r\n\r\n{\"gitVersion\":\"v1.32.0\"}";

    private readonly TestAuthority _root = new();

    [Fact]
    public async Task A_certificate_authority_that_is_rotated_in_its_file_is_taken_up()
    {
        using var mounted = new MountedFile(_root.Pem);
        using var next = new TestAuthority("next root");
        await using var server = ScriptedPod.Answering(Version, [], _root.Leaf("127.0.0.1"));
        using var http = Connect(server, new TrustedRoots(mounted.Path));
        Assert.Equal("v1.32.0", await AskAsync(http));

        server.Certificate = next.Leaf("127.0.0.1");
        await AssertRefusedAsync(http, "ends in no trusted root");
        mounted.Replace(_root.Pem + "\n" + next.Pem);

        Assert.Equal("v1.32.0", await AskAsync(http));
    }

    [Fact]
    public async Task A_token_file_that_is_rotated_is_sent_with_the_next_request()
    {
        using var mounted = new MountedFile("one");
        await using var server = ScriptedPod.Answering(Version, [], _root.Leaf("127.0.0.1"));
        using var http = Connect(server, _root.Roots, mounted.Path);
        await AskAsync(http);

        mounted.Replace("two");
        await AskAsync(http);

        Assert.Contains("Authorization: Bearer one\r\n", server.Requests[0], StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer two\r\n", server.Requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_of_another_name_is_refused_and_says_so()
    {
        await using var server = ScriptedPod.Answering(Version, [], _root.Leaf("other.svc"));
        using var http = Connect(server, _root.Roots);

        await AssertRefusedAsync(http, "CN=other.svc does not carry the name that was asked for");
    }

    [Fact]
    public async Task A_server_whose_certificate_is_over_is_not_blamed_for_its_root()
    {
        await using var server = ScriptedPod.Answering(
            Version,
            [],
            _root.Leaf("127.0.0.1", until: TestAuthority.Now.AddDays(-1))
        );
        using var http = Connect(server, _root.Roots);

        await AssertRefusedAsync(http, "the chain of the certificate of CN=127.0.0.1 does not hold (NotTimeValid)");
    }

    public void Dispose() => _root.Dispose();

    private static HttpClient Connect(ScriptedPod server, TrustedRoots roots, string? tokenFile = null) =>
        KubernetesHttp.Connect(
            new ClusterConfig
            {
                Server = new Uri($"https://127.0.0.1:{server.Port}"),
                Source = "test",
                CertificateAuthority = roots,
                TokenFile = tokenFile,
            }
        );

    private static Task<string> AskAsync(HttpClient http) =>
        new KubernetesClient(http, TimeProvider.System).GetServerVersionAsync(TestContext.Current.CancellationToken);

    private static async Task AssertRefusedAsync(HttpClient http, string said)
    {
        var failure = await Assert.ThrowsAsync<KubernetesException>(() => AskAsync(http));

        Assert.Contains(said, failure.Message, StringComparison.Ordinal);
        Assert.True(failure.IsTransient);
    }
}
