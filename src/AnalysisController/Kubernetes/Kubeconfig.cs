using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Trust;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>
/// Reads the kubeconfig file format (kubernetes/client-go tools/clientcmd/api/v1/types.go): the fields that reach a
/// server.
/// </summary>
internal static class Kubeconfig
{
    private static readonly (string Field, string Instead)[] Unsupported =
    [
        ("auth-provider", "use exec, a token or a client certificate"),
        ("username", "use exec, a token or a client certificate"),
        ("as", "impersonate nobody, or use that user's own credentials"),
    ];

    private const string ServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>
    /// The explicit file, else <c>KUBECONFIG</c>'s first, else the pod's service account, else <c>~/.kube/config</c>.
    /// </summary>
    /// <param name="file">From the command line; null when it was not given.</param>
    /// <param name="context">Null takes the file's current-context.</param>
    public static ClusterConfig Load(string? file, string? context, Func<string, string?> environment)
    {
        var named =
            file ?? environment("KUBECONFIG")?.Split(Path.PathSeparator).FirstOrDefault(path => path.Length > 0);
        if (named is null && environment("KUBERNETES_SERVICE_HOST") is { Length: > 0 } host)
        {
            return InCluster(host, environment("KUBERNETES_SERVICE_PORT") ?? "443");
        }

        return Read(named ?? Path.Combine(environment("HOME") ?? "", ".kube", "config"), context);
    }

    private static ClusterConfig InCluster(string host, string port)
    {
        var address = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        if (!Uri.TryCreate($"https://{address}:{port}", UriKind.Absolute, out var server))
        {
            throw new ClusterConfigException(
                $"KUBERNETES_SERVICE_HOST '{host}' and KUBERNETES_SERVICE_PORT '{port}' are no address of a server"
            );
        }

        try
        {
            return new ClusterConfig
            {
                Server = server,
                Source = "in-cluster",
                TokenFile = Path.Combine(ServiceAccountFolder, "token"),
                CertificateAuthority = new TrustedRoots(Path.Combine(ServiceAccountFolder, "ca.crt")),
                Namespace = File.ReadAllText(Path.Combine(ServiceAccountFolder, "namespace")).Trim(),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ClusterConfigException($"service account in {ServiceAccountFolder}: {e.Message}", e);
        }
    }

    private static ClusterConfig Read(string file, string? context)
    {
        try
        {
            return new Document(file, ReadRoot(file)).Resolve(context);
        }
        catch (YamlException e)
        {
            throw new ClusterConfigException($"kubeconfig {file}: line {e.Start.Line}: {e.Message}", e);
        }
        catch (Exception e)
            when (e
                    is IOException
                        or UnauthorizedAccessException
                        or CryptographicException
                        or FormatException
                        or InvalidOperationException
            )
        {
            throw new ClusterConfigException($"kubeconfig {file}: {e.Message}", e);
        }
    }

    private static YamlMappingNode ReadRoot(string file)
    {
        using var reader = File.OpenText(file);
        var yaml = new YamlStream();
        yaml.Load(reader);
        return yaml.Documents.Count == 1 && yaml.Documents[0].RootNode is YamlMappingNode root
            ? root
            : throw new ClusterConfigException($"kubeconfig {file}: not a YAML mapping");
    }

    private sealed record Document(string File, YamlMappingNode Root)
    {
        public ClusterConfig Resolve(string? wanted)
        {
            var contextName =
                wanted
                ?? Text(Root, "current-context")
                ?? throw Wrong("current-context is not set; name one with --context");
            var context = Entry("contexts", "context", contextName);
            var cluster = Entry(
                "clusters",
                "cluster",
                Text(context, "cluster") ?? throw Wrong($"context {contextName} names no cluster")
            );
            var user = Text(context, "user") is { Length: > 0 } name
                ? Entry("users", "user", name)
                : new YamlMappingNode();
            RefuseWhatIsNotSupported(user, contextName);
            return new ClusterConfig
            {
                Server = Server(cluster),
                Source = File,
                Token = Text(user, "token"),
                TokenFile = Text(user, "tokenFile") is { } tokenFile ? Beside(tokenFile) : null,
                CertificateAuthority = Authority(cluster),
                ClientCertificate = ClientCertificate(user),
                Exec = Exec(user, cluster),
                TlsServerName = Text(cluster, "tls-server-name"),
                Proxy = Proxy(cluster),
                SkipTlsVerify = Text(cluster, "insecure-skip-tls-verify") == "true",
                Namespace = Text(context, "namespace"),
            };
        }

        private Uri Server(YamlMappingNode cluster)
        {
            var server = Text(cluster, "server");
            return Uri.TryCreate(server, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
                ? uri
                : throw Wrong($"server '{server}' is not an http or https address");
        }

        private void RefuseWhatIsNotSupported(YamlMappingNode user, string context)
        {
            foreach (var (field, instead) in Unsupported)
            {
                if (Child(user, field) is not null)
                {
                    throw Wrong($"context {context}: user field {field} is not supported; {instead}");
                }
            }
        }

        private ExecPlugin? Exec(YamlMappingNode user, YamlMappingNode cluster)
        {
            if (Child(user, "exec") is not YamlMappingNode exec)
            {
                return null;
            }

            var command = Text(exec, "command") ?? throw Wrong("exec names no command");
            var version = Text(exec, "apiVersion") ?? "";
            if (!ExecPlugin.ApiVersions.Contains(version))
            {
                throw Wrong(
                    $"exec command '{command}': apiVersion '{version}'; "
                        + $"want {string.Join(" or ", ExecPlugin.ApiVersions)}"
                );
            }

            if (Text(exec, "interactiveMode") == "Always")
            {
                throw Wrong($"exec command '{command}' wants a terminal (interactiveMode: Always); there is none here");
            }

            return new ExecPlugin
            {
                // With a slash it is a path, and beside this file; without one it is looked for in PATH.
                Command = command.Contains('/', StringComparison.Ordinal) ? Beside(command) : command,
                ApiVersion = version,
                Arguments = [.. Items(exec, "args").OfType<YamlScalarNode>().Select(item => item.Value ?? "")],
                Environment =
                [
                    .. Items(exec, "env")
                        .OfType<YamlMappingNode>()
                        .Select(item => KeyValuePair.Create(Text(item, "name") ?? "", Text(item, "value") ?? "")),
                ],
                InstallHint = Text(exec, "installHint")?.ReplaceLineEndings(" ").Trim(),
                Cluster = Text(exec, "provideClusterInfo") == "true" ? Described(cluster) : null,
            };
        }

        private JsonObject Described(YamlMappingNode cluster)
        {
            var described = new JsonObject { ["server"] = Text(cluster, "server") };
            if (Pem(cluster, "certificate-authority") is { } pem)
            {
                described["certificate-authority-data"] = Convert.ToBase64String(
                    System.Text.Encoding.ASCII.GetBytes(pem)
                );
            }

            foreach (var field in (string[])["tls-server-name", "proxy-url"])
            {
                if (Text(cluster, field) is { } value)
                {
                    described[field] = value;
                }
            }

            if (Text(cluster, "insecure-skip-tls-verify") == "true")
            {
                described["insecure-skip-tls-verify"] = true;
            }

            return described;
        }

        private Uri? Proxy(YamlMappingNode cluster) =>
            Text(cluster, "proxy-url") switch
            {
                null => null,
                { } text
                    when Uri.TryCreate(text, UriKind.Absolute, out var proxy)
                        && proxy.Scheme is "http" or "https" or "socks5" => proxy,
                var text => throw Wrong($"proxy-url '{text}' is not an http, https or socks5 address"),
            };

        private static IEnumerable<YamlNode> Items(YamlMappingNode node, string field) =>
            (Child(node, field) as YamlSequenceNode)?.Children ?? [];

        private TrustedRoots? Authority(YamlMappingNode cluster)
        {
            const string field = "certificate-authority";
            if (Pem(cluster, field) is not { } pem)
            {
                return null;
            }

            var roots = new X509Certificate2Collection();
            roots.ImportFromPem(pem);
            return roots.Count == 0 ? throw Wrong($"{field} holds no certificate")
                : Text(cluster, field + "-data") is null ? new TrustedRoots(Beside(Text(cluster, field)!))
                : new TrustedRoots(roots);
        }

        private ClientCertificate? ClientCertificate(YamlMappingNode user) =>
            (Pem(user, "client-certificate"), Pem(user, "client-key")) switch
            {
                (null, null) => null,
                (not null, not null) => new ClientCertificate(
                    () => (Pem(user, "client-certificate")!, Pem(user, "client-key")!)),
                _ => throw Wrong("client-certificate and client-key must be given together"),
            };

        private string? Pem(YamlMappingNode node, string field) =>
            Text(node, field + "-data") is { } base64
                ? System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(base64))
            : Text(node, field) is { } path ? System.IO.File.ReadAllText(Beside(path))
            : null;

        private YamlMappingNode Entry(string list, string field, string name)
        {
            var entry = (Child(Root, list) as YamlSequenceNode)
                ?.Children.OfType<YamlMappingNode>()
                .FirstOrDefault(node => Text(node, "name") == name);
            return (entry is null ? null : Child(entry, field)) as YamlMappingNode
                ?? throw Wrong($"{list} has no entry '{name}'");
        }

        private string Beside(string path) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(File)) ?? "", path);

        private ClusterConfigException Wrong(string what) => new($"kubeconfig {File}: {what}");

        private static YamlNode? Child(YamlMappingNode node, string field) =>
            node.Children.TryGetValue(new YamlScalarNode(field), out var child) ? child : null;

        private static string? Text(YamlMappingNode node, string field) =>
            (Child(node, field) as YamlScalarNode)?.Value is { Length: > 0 } text ? text : null;
    }
}
