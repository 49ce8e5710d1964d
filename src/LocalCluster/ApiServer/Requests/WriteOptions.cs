namespace Rollouts.LocalCluster.ApiServer.Requests;

/// <summary>What to do about fields that the schema does not know (query parameter <c>fieldValidation</c>).</summary>
internal enum FieldValidation
{
    Strict,
    Warn,
    Ignore,
}

internal sealed record WriteOptions
{
    public FieldValidation FieldValidation { get; init; } = FieldValidation.Strict;

    /// <summary>Everything is checked and nothing is stored.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Custom resources are replaced over HTTP only by who names the version that is replaced.</summary>
    public bool RequiresResourceVersion { get; init; }

    /// <summary>Who writes, for <c>metadata.managedFields</c>.</summary>
    public string FieldManager { get; init; } = "local-cluster";

    /// <summary>Receives what goes into Warning headers.</summary>
    public ICollection<string>? Warnings { get; init; }
}
