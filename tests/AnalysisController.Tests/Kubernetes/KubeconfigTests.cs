using Rollouts.AnalysisController.Kubernetes;

namespace Rollouts.AnalysisController.Tests.Kubernetes;

public sealed class KubeconfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kubeconfig-").FullName;

    [Fact]
    public void The_current_context_names_server_token_and_namespace()
    {
        var config = Load(Kubeconfig(user: "{token: t0ken}"));

        Assert.Equal(new Uri("http://127.0.0.1:6443/"), config.Server);
        Assert.Equal("t0ken", config.Token);
        Assert.Equal("shop", config.Namespace);
    }

    [Fact]
    public void A_context_can_be_named() =>
        Assert.Equal(new Uri("https://other:6443/"), Load(Kubeconfig(), context: "two").Server);

    [Fact]
    public void KUBECONFIG_is_used_when_no_file_is_named()
    {
        var file = Write(Kubeconfig());

        Assert.Equal(
            file,
            Rollouts
                .AnalysisController.Kubernetes.Kubeconfig.Load(null, null, name => name == "KUBECONFIG" ? file : null)
                .Source
        );
    }

    [Theory]
    [InlineData("a b", "443")]
    [InlineData("10.0.0.1", "tcp://10.0.0.1:443")]
    public void A_service_host_or_port_that_is_none_is_named(string host, string port)
    {
        var problem = Assert.Throws<ClusterConfigException>(() =>
            Rollouts.AnalysisController.Kubernetes.Kubeconfig.Load(
                null,
                null,
                name => name switch
                {
                    "KUBERNETES_SERVICE_HOST" => host,
                    "KUBERNETES_SERVICE_PORT" => port,
                    _ => null,
                }
            )
        );

        Assert.Equal(
            $"KUBERNETES_SERVICE_HOST '{host}' and KUBERNETES_SERVICE_PORT '{port}' are no address of a server",
            problem.Message
        );
    }

    [Theory]
    [InlineData("[a, b]", null, "not a YAML mapping")]
    [InlineData("a: b: c", null, "line 1: ")]
    [InlineData("clusters: []", null, "current-context is not set")]
    [InlineData("current-context: one", null, "contexts has no entry 'one'")]
    [InlineData(
        "{current-context: one, contexts: [{name: one, context: {cluster: c}}]}",
        null,
        "clusters has no entry 'c'"
    )]
    [InlineData(
        "{current-context: a,contexts: [{name: a, context: {cluster: c}}],clusters: [{name: c, cluster: {server: x}}]}",
        null,
        "server 'x' is not an http or https address"
    )]
    [InlineData(null, "nine", "contexts has no entry 'nine'")]
    public void What_is_wrong_is_said_in_one_line_with_the_files_name(string? text, string? context, string message)
    {
        var file = Write(text ?? Kubeconfig());

        var failure = Assert.Throws<ClusterConfigException>(() => Load(file, context, written: true));

        Assert.StartsWith($"kubeconfig {file}: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_credential_command_is_read_with_all_that_it_wants_to_know()
    {
        var plugin = Load(
            Kubeconfig(
                user: """
                {exec: {command: ./get-token, apiVersion: client.authentication.k8s.io/v1, args: [--cluster, c],
                 env: [{name: AWS_PROFILE, value: shop}], interactiveMode: IfAvailable, provideClusterInfo: true,
                 installHint: "get it\nsomewhere"} }
                """,
                cluster: ", tls-server-name: inside"
            )
        ).Exec!;

        Assert.Equal(Path.Combine(_folder, "./get-token"), plugin.Command);
        Assert.Equal(["--cluster", "c"], plugin.Arguments);
        Assert.Equal([KeyValuePair.Create("AWS_PROFILE", "shop")], plugin.Environment);
        Assert.Equal("get it somewhere", plugin.InstallHint);
        Assert.Equal(
            """{"server":"http://127.0.0.1:6443","tls-server-name":"inside"}""",
            plugin.Cluster!.ToJsonString()
        );
    }

    [Fact]
    public void How_the_server_is_reached_is_read()
    {
        var config = Load(
            Kubeconfig(
                user: "{tokenFile: token}",
                cluster: ", tls-server-name: inside, proxy-url: socks5://p:1080, insecure-skip-tls-verify: true"
            )
        );

        Assert.Equal("inside", config.TlsServerName);
        Assert.Equal(new Uri("socks5://p:1080"), config.Proxy);
        Assert.True(config.SkipTlsVerify);
        Assert.Equal(Path.Combine(_folder, "token"), config.TokenFile);
    }

    [Theory]
    [InlineData("{auth-provider: {name: oidc} }", "user field auth-provider is not supported; use exec")]
    [InlineData("{username: root, password: x}", "user field username is not supported; use exec")]
    [InlineData("{as: admin}", "user field as is not supported; impersonate nobody")]
    [InlineData("{exec: {apiVersion: client.authentication.k8s.io/v1} }", "exec names no command")]
    [InlineData("{exec: {command: aws} }", "exec command 'aws': apiVersion ''; want client.authentication.k8s.io/v1")]
    [InlineData(
        "{exec: {command: aws, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always} }",
        "exec command 'aws' wants a terminal"
    )]
    public void What_is_not_supported_is_refused_by_name(string user, string message)
    {
        var failure = Assert.Throws<ClusterConfigException>(() => Load(Kubeconfig(user: user)));

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_proxy_that_is_none_is_refused()
    {
        var failure = Assert.Throws<ClusterConfigException>(() => Load(Kubeconfig(cluster: ", proxy-url: ftp://p")));

        Assert.Contains("proxy-url 'ftp://p'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_authority_that_is_none_is_refused()
    {
        var failure = Assert.Throws<ClusterConfigException>(() =>
            Load(Kubeconfig(cluster: ", certificate-authority-data: bm90IGEgY2VydGlmaWNhdGU="))
        );

        Assert.Contains("certificate-authority holds no certificate", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Kubeconfig(string user = "{}", string cluster = "") =>
        $$"""
            apiVersion: v1
            kind: Config
            current-context: one
            contexts:
            - {name: one, context: {cluster: c, user: u, namespace: shop} }
            - {name: two, context: {cluster: d, user: u} }
            clusters:
            - {name: c, cluster: {server: "http://127.0.0.1:6443"{{cluster}} } }
            - {name: d, cluster: {server: "https://other:6443"} }
            users:
            - {name: u, user: {{user}} }
            """;

    private string Write(string text)
    {
        var file = Path.Combine(_folder, "config");
        File.WriteAllText(file, text);
        return file;
    }

    private ClusterConfig Load(string text, string? context = null, bool written = false) =>
        Rollouts.AnalysisController.Kubernetes.Kubeconfig.Load(written ? text : Write(text), context, _ => null);
}
