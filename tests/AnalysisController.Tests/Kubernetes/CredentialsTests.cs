using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Kubernetes;

/// <summary>Tokens that change: by file, and by a command that a shell plays here.</summary>
public sealed class CredentialsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("credentials-").FullName;
    private readonly VirtualClock _clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_file_is_read_anew_for_each_request()
    {
        var file = Path.Combine(_folder, "token");
        using var credentials = Of(new() { TokenFile = file, Server = Anywhere, Source = "test" });

        await File.WriteAllTextAsync(file, "one\n", Cancellation);
        Assert.Equal("one", await credentials.TokenAsync(Cancellation));
        await File.WriteAllTextAsync(file, "two\n", Cancellation);
        Assert.Equal("two", await credentials.TokenAsync(Cancellation));
    }

    [Fact]
    public async Task A_token_file_that_is_gone_is_named_and_may_come_back()
    {
        using var credentials = Of(new() { TokenFile = "/nowhere/token", Server = Anywhere, Source = "test" });

        var failure = await Assert.ThrowsAsync<KubernetesException>(() => credentials.TokenAsync(Cancellation));

        Assert.StartsWith("token file /nowhere/token: ", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.IsTransient);
    }

    [Fact]
    public async Task A_command_is_asked_once_and_again_when_its_token_expires_or_is_refused()
    {
        var count = Path.Combine(_folder, "count");
        var answer = Say("\\\"token\\\":\\\"t$n\\\"," + Expiry(300));
        using var credentials = Of(Shell($"echo x >> {count}; n=$(wc -l < {count}); {answer}"));

        Assert.Equal("t1", await credentials.TokenAsync(Cancellation));
        Assert.Equal("t1", await credentials.TokenAsync(Cancellation));
        _clock.Advance(TimeSpan.FromSeconds(289));
        Assert.Equal("t1", await credentials.TokenAsync(Cancellation));
        credentials.Refuse();
        Assert.Equal("t2", await credentials.TokenAsync(Cancellation));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("t3", await credentials.TokenAsync(Cancellation));
    }

    [Fact]
    public async Task A_command_may_print_a_client_certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=companion", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(
            new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2036, 1, 1, 0, 0, 0, TimeSpan.Zero)
        );
        var (pem, secret) = (Escaped(certificate.ExportCertificatePem()), Escaped(key.ExportECPrivateKeyPem()));
        var answer = Path.Combine(_folder, "answer");
        await File.WriteAllTextAsync(
            answer,
            $$$"""
            {"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",
             "status":{"clientCertificateData":"{{{pem}}}","clientKeyData":"{{{secret}}}"} }
            """,
            Cancellation
        );
        using var credentials = Of(Shell($"cat {answer}"));

        Assert.Null(await credentials.TokenAsync(Cancellation));

        Assert.Equal("CN=companion", credentials.Certificate!.Subject);
        Assert.True(credentials.Certificate.HasPrivateKey);
    }

    [Fact]
    public async Task A_command_is_told_what_is_wanted_and_has_no_terminal()
    {
        using var credentials = Of(Shell(Say("\\\"token\\\":\\\"$(echo $KUBERNETES_EXEC_INFO | tr -d '\\\"{}')\\\"")));

        Assert.Equal(
            "apiVersion:client.authentication.k8s.io/v1,kind:ExecCredential,spec:interactive:false",
            await credentials.TokenAsync(Cancellation)
        );
    }

    [Theory]
    [InlineData("echo no luck >&2; exit 3", "ended with 3: no luck")]
    [InlineData("echo hello", "printed no ExecCredential: ")]
    [InlineData("echo '{}'", "printed apiVersion ''; the kubeconfig asks for client.authentication.k8s.io/v1")]
    [InlineData(
        """echo '{"apiVersion":"client.authentication.k8s.io/v1","status":{} }'""",
        "printed neither a token nor a client certificate"
    )]
    public async Task A_command_that_fails_is_named_without_its_arguments_and_with_what_it_said(
        string script,
        string message
    )
    {
        using var credentials = Of(Shell(script));

        var failure = await Assert.ThrowsAsync<KubernetesException>(() => credentials.TokenAsync(Cancellation));

        Assert.StartsWith("credential command '/bin/sh' ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_is_not_there_is_named_with_how_to_get_it()
    {
        var plugin = new ExecPlugin
        {
            Command = "/nowhere/get-token",
            ApiVersion = ExecPlugin.ApiVersions[0],
            InstallHint = "install it",
        };

        var failure = await Assert.ThrowsAsync<KubernetesException>(() => plugin.RunAsync(_clock, Cancellation));

        Assert.StartsWith(
            "credential command '/nowhere/get-token' could not be started: ",
            failure.Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith("; install it", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Uri Anywhere { get; } = new("http://cluster/");

    private Credentials Of(ClusterConfig config) => new(config, _clock);

    private static ClusterConfig Shell(string script) =>
        new()
        {
            Server = Anywhere,
            Source = "test",
            Exec = new ExecPlugin
            {
                Command = "/bin/sh",
                ApiVersion = ExecPlugin.ApiVersions[0],
                Arguments = ["-c", script],
            },
        };

    private static string Say(string status) =>
        "echo \"{\\\"apiVersion\\\":\\\"client.authentication.k8s.io/v1\\\",\\\"status\\\":{" + status + "}}\"";

    private string Expiry(int seconds) =>
        $"\\\"expirationTimestamp\\\":\\\"{_clock.GetUtcNow().AddSeconds(seconds):yyyy-MM-dd'T'HH:mm:ss'Z'}\\\"";

    private static string Escaped(string pem) => pem.ReplaceLineEndings("\\n");
}
