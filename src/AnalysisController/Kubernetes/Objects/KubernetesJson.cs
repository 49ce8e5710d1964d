using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rollouts.AnalysisController.Kubernetes.Objects;

internal sealed record ObjectList<T>
{
    public ListMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    public IReadOnlyList<T> Items
    {
        get;
        init => field = value ?? [];
    } = [];
}

internal sealed record ListMeta
{
    public string ResourceVersion
    {
        get;
        init => field = value ?? "";
    } = "";

    public string? Continue { get; init; }
}

/// <summary>
/// One line of a watch response. The object is decoded by its type: a resource, a bookmark, or a Status.
/// </summary>
internal sealed record WatchLine
{
    public string Type
    {
        get;
        init => field = value ?? "";
    } = "";

    public JsonElement Object { get; init; }
}

/// <summary><c>meta/v1 Status</c>: how the API server says no.</summary>
internal sealed record ApiStatus
{
    public string? Reason { get; init; }

    public string? Message { get; init; }

    public int Code { get; init; }
}

internal sealed record ServerVersion
{
    public string? GitVersion { get; init; }
}

/// <summary>
/// The decoder assigns null to an init property that the JSON lacks, and Go writes an empty list as null:
/// therefore every property of these types that is not nullable turns null into its default.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = true)]
[JsonSerializable(typeof(ObjectList<Pod>))]
[JsonSerializable(typeof(ObjectList<ReplicaSet>))]
[JsonSerializable(typeof(ObjectList<Rollout>))]
[JsonSerializable(typeof(ObjectList<AnalysisRun>))]
[JsonSerializable(typeof(ObjectList<CanaryPolicy>))]
[JsonSerializable(typeof(ObjectList<Experiment>))]
[JsonSerializable(typeof(ObjectList<Lease>))]
[JsonSerializable(typeof(ObjectList<Event>))]
[JsonSerializable(typeof(ExecCredentialAnswer))]
[JsonSerializable(typeof(WatchLine))]
[JsonSerializable(typeof(ApiStatus))]
[JsonSerializable(typeof(ServerVersion))]
internal sealed partial class KubernetesJson : JsonSerializerContext;
