using Rollouts.AnalysisController.Trust;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>How to reach the API server, and as whom.</summary>
internal sealed record ClusterConfig
{
    public required Uri Server { get; init; }

    /// <summary>Where the settings came from, for messages: a file's path or "in-cluster".</summary>
    public required string Source { get; init; }

    public string? Token { get; init; }

    /// <summary>Read before each request: Kubernetes rotates it.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Trusted roots; null trusts the system's.</summary>
    public TrustedRoots? CertificateAuthority { get; init; }

    /// <summary>As whom a connection is made; null shows none.</summary>
    public ClientCertificate? ClientCertificate { get; init; }

    /// <summary>Prints token or client certificate; null where none is named.</summary>
    public ExecPlugin? Exec { get; init; }

    public bool SkipTlsVerify { get; init; }

    /// <summary>The name in the server's certificate, where it is not the one in its address.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Null leaves it to HTTPS_PROXY and its kin.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>The context's namespace; null when it names none.</summary>
    public string? Namespace { get; init; }
}

/// <summary>A setting that cannot be used; the message names the file, the entry and what is wrong.</summary>
internal sealed class ClusterConfigException : Exception
{
    public ClusterConfigException()
        : this("the cluster configuration cannot be used")
    {
    }

    public ClusterConfigException(string message)
        : base(message)
    {
    }

    public ClusterConfigException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
