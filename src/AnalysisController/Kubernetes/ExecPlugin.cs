using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>
/// A command that prints credentials, as a kubeconfig names it: <c>aws eks get-token</c>,
/// <c>gke-gcloud-auth-plugin</c>, <c>kubelogin</c>.
/// </summary>
/// <remarks>
/// Source: kubernetes.io/docs/reference/access-authn-authz/authentication, "client-go credential plugins"; the wire
/// form is client.authentication.k8s.io/v1 and v1beta1 ExecCredential.
/// </remarks>
internal sealed record ExecPlugin
{
    public static readonly ImmutableArray<string> ApiVersions =
        ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

    /// <summary>Most characters of what a command prints that are read.</summary>
    private const int MostCharacters = 1024 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    public required string Command { get; init; }

    public required string ApiVersion { get; init; }

    public ImmutableArray<string> Arguments { get; init; } = [];

    public ImmutableArray<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>What the kubeconfig tells a person whose machine lacks the command.</summary>
    public string? InstallHint { get; init; }

    /// <summary>The cluster as the command wants to know it; null when it does not.</summary>
    public JsonObject? Cluster { get; init; }

    /// <exception cref="KubernetesException">The command cannot be started, fails, or prints no credential.</exception>
    public async Task<ExecCredential> RunAsync(TimeProvider clock, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        using var process = Start();
        try
        {
            process.StandardInput.Close();
            var output = ReadAsync(process.StandardOutput, either.Token);
            var error = ReadAsync(process.StandardError, either.Token);
            await Task.WhenAll(output, error, process.WaitForExitAsync(either.Token));
            return process.ExitCode == 0
                ? Read(await output)
                : throw Wrong($"ended with {process.ExitCode}: {Cut(await error)}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Wrong($"printed no credential within {Timeout.TotalSeconds} s");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(Command, Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        var spec = new JsonObject { ["interactive"] = false };
        if (Cluster is not null)
        {
            spec["cluster"] = Cluster.DeepClone();
        }

        start.Environment["KUBERNETES_EXEC_INFO"] = new JsonObject
        {
            ["apiVersion"] = ApiVersion,
            ["kind"] = "ExecCredential",
            ["spec"] = spec,
        }.ToJsonString();
        try
        {
            return Process.Start(start) ?? throw Wrong("could not be started");
        }
        catch (Win32Exception e)
        {
            throw Wrong($"could not be started: {e.Message}{(InstallHint is null ? "" : $"; {InstallHint}")}");
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellation)
    {
        var buffer = new char[MostCharacters];
        var length = await reader.ReadBlockAsync(buffer, cancellation);
        return new string(buffer, 0, length);
    }

    private ExecCredential Read(string output)
    {
        ExecCredentialAnswer? answer;
        try
        {
            answer = JsonSerializer.Deserialize(output, KubernetesJson.Default.ExecCredentialAnswer);
        }
        catch (JsonException e)
        {
            throw Wrong($"printed no ExecCredential: {e.Message}");
        }

        if (answer?.ApiVersion != ApiVersion)
        {
            throw Wrong($"printed apiVersion '{answer?.ApiVersion}'; the kubeconfig asks for {ApiVersion}");
        }

        var status = answer.Status;
        if (status.Token is null && (status.ClientCertificateData is null || status.ClientKeyData is null))
        {
            throw Wrong("printed neither a token nor a client certificate with its key");
        }

        return new ExecCredential
        {
            Token = status.Token,
            Certificate = CertificateIn(status),
            ExpiresAt = status.ExpirationTimestamp,
        };
    }

    private X509Certificate2? CertificateIn(ExecCredentialStatus status)
    {
        try
        {
            return status is { ClientCertificateData: { } pem, ClientKeyData: { } key }
                ? X509Certificate2.CreateFromPem(pem, key)
                : null;
        }
        catch (CryptographicException e)
        {
            throw Wrong($"printed a client certificate that cannot be used: {e.Message}");
        }
    }

    /// <summary>Enough to tell what is wrong; the message also stands in logs and on probes.</summary>
    private static string Cut(string error)
    {
        const int most = 300;
        var line = error.Trim().ReplaceLineEndings(" ");
        return line.Length <= most ? line : string.Concat(line.AsSpan(0, most), "…");
    }

    /// <summary>Names the command without its arguments: they may hold secrets.</summary>
    private KubernetesException Wrong(string what) =>
        new($"credential command '{Command}' {what}");
}

/// <summary>What a command printed.</summary>
internal sealed record ExecCredential
{
    public string? Token { get; init; }

    public X509Certificate2? Certificate { get; init; }

    /// <summary>Null when it holds until it is refused.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
