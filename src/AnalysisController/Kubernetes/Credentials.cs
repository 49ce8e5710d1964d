using System.Security.Cryptography.X509Certificates;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>
/// As whom we speak, at this moment: a token that stays, a file that Kubernetes rotates, a command that is asked again
/// when what it printed has expired or was refused.
/// </summary>
internal sealed class Credentials(ClusterConfig config, TimeProvider clock) : IDisposable
{
    /// <summary>How long before its end a credential is replaced.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _running = new(1);
    private ExecCredential? _printed;

    /// <summary>The client certificate of the moment: the same object while it is the same one.</summary>
    public X509Certificate2? Certificate => _printed?.Certificate ?? config.ClientCertificate?.Now().Certificate;

    /// <summary>Why the files of the client certificate cannot be used as they are now; empty when they can.</summary>
    public string CertificateProblem => config.ClientCertificate?.Now().Problem ?? "";

    /// <summary>Null where none is sent.</summary>
    /// <exception cref="KubernetesException">The file cannot be read, or the command fails.</exception>
    public async Task<string?> TokenAsync(CancellationToken cancellation)
    {
        if (config.TokenFile is { } file)
        {
            return await ReadAsync(file, cancellation);
        }

        return config.Exec is { } plugin ? (await PrintedAsync(plugin, cancellation)).Token : config.Token;
    }

    /// <summary>The server refused what we sent: the next request asks the command again.</summary>
    public void Refuse() => _printed = null;

    public void Dispose() => _running.Dispose();

    private static async Task<string> ReadAsync(string file, CancellationToken cancellation)
    {
        try
        {
            return (await File.ReadAllTextAsync(file, cancellation)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesException($"token file {file}: {e.Message}", e);
        }
    }

    private async Task<ExecCredential> PrintedAsync(ExecPlugin plugin, CancellationToken cancellation)
    {
        if (_printed is { } printed && IsGood(printed))
        {
            return printed;
        }

        await _running.WaitAsync(cancellation);
        try
        {
            // Many requests wait for one command.
            var known = _printed;
            return known is not null && IsGood(known) ? known : _printed = await plugin.RunAsync(clock, cancellation);
        }
        finally
        {
            _running.Release();
        }
    }

    private bool IsGood(ExecCredential credential) => !(credential.ExpiresAt - Margin <= clock.GetUtcNow());
}
