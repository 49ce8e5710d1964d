namespace Rollouts.AnalysisController.Kubernetes.Objects;

/// <summary>The fields of <c>client.authentication.k8s.io ExecCredential</c> that we read.</summary>
internal sealed record ExecCredentialAnswer
{
    public string? ApiVersion { get; init; }

    public ExecCredentialStatus Status
    {
        get;
        init => field = value ?? new();
    } = new();
}

internal sealed record ExecCredentialStatus
{
    public string? Token { get; init; }

    public string? ClientCertificateData { get; init; }

    public string? ClientKeyData { get; init; }

    public DateTimeOffset? ExpirationTimestamp { get; init; }
}
