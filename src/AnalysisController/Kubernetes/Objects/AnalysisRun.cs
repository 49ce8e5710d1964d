using System.Text.Json;

namespace Rollouts.AnalysisController.Kubernetes.Objects;

/// <summary>
/// The fields of <c>argoproj.io/v1alpha1 AnalysisRun</c> that we read (argo-rollouts analysis_types.go).
/// </summary>
internal sealed record AnalysisRun : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    public AnalysisRunSpec Spec
    {
        get;
        init => field = value ?? new();
    } = new();

    public AnalysisRunStatus Status
    {
        get;
        init => field = value ?? new();
    } = new();
}

/// <remarks>A null in a list, which Argo's CRD refuses, is as good as not there.</remarks>
internal sealed record AnalysisRunSpec
{
    public IReadOnlyList<AnalysisMetric> Metrics
    {
        get;
        init => field = [.. value?.OfType<AnalysisMetric>() ?? []];
    } = [];

    public IReadOnlyList<AnalysisArgument> Args
    {
        get;
        init => field = [.. value?.OfType<AnalysisArgument>() ?? []];
    } = [];

    public IReadOnlyList<DryRun> DryRun
    {
        get;
        init => field = [.. value?.OfType<DryRun>() ?? []];
    } = [];

    public bool Terminate { get; init; }
}

internal sealed record AnalysisMetric
{
    public string Name
    {
        get;
        init => field = value ?? "";
    } = "";

    public AnalysisProvider Provider
    {
        get;
        init => field = value ?? new();
    } = new();

    public string? InitialDelay { get; init; }

    public string? Interval { get; init; }

    public string? SuccessCondition { get; init; }

    public string? FailureCondition { get; init; }

    /// <summary>A number, or a text that became one by argument substitution; so are the limits.</summary>
    public JsonElement? Count { get; init; }

    public JsonElement? ConsecutiveSuccessLimit { get; init; }

    public JsonElement? FailureLimit { get; init; }

    public JsonElement? InconclusiveLimit { get; init; }

    public JsonElement? ConsecutiveErrorLimit { get; init; }
}

internal sealed record AnalysisProvider
{
    public IReadOnlyDictionary<string, JsonElement>? Plugin { get; init; }

    public WebProvider? Web { get; init; }
}

internal sealed record WebProvider
{
    public string? JsonPath { get; init; }

    public string Url
    {
        get;
        init => field = value ?? "";
    } = "";
}

internal sealed record AnalysisArgument
{
    public string Name
    {
        get;
        init => field = value ?? "";
    } = "";

    public string? Value { get; init; }

    public AnalysisArgumentSource? ValueFrom { get; init; }
}

internal sealed record AnalysisArgumentSource
{
    public JsonElement? SecretKeyRef { get; init; }
}

internal sealed record DryRun
{
    /// <summary>An unanchored Go regular expression over metric names.</summary>
    public string MetricName
    {
        get;
        init => field = value ?? "";
    } = "";
}

internal sealed record AnalysisRunStatus
{
    public string Phase
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>Why the phase is what it is; Argo wraps the metrics' words, our report runs carry ours.</summary>
    public string Message
    {
        get;
        init => field = value ?? "";
    } = "";

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>
    /// Kept as Argo wrote them: a merge patch replaces the whole list, so the others' entries go back untouched.
    /// </summary>
    public IReadOnlyList<JsonElement> MetricResults
    {
        get;
        init => field = value ?? [];
    } = [];
}
