using System.Globalization;
using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.Pods;

/// <summary>Reads the fields that every Kubernetes object has; absent reads as null, zero or empty.</summary>
internal readonly record struct ObjectView(JsonObject Json)
{
    public const string PodTemplateHash = "rollouts-pod-template-hash";

    public string Name => Text("metadata", "name") ?? "";

    public string Namespace => Text("metadata", "namespace") ?? "";

    public string Uid => Text("metadata", "uid") ?? "";

    public long Generation => Number("metadata", "generation");

    public bool IsBeingDeleted => Text("metadata", "deletionTimestamp") is not null;

    public DateTimeOffset CreatedAt => Instant("metadata", "creationTimestamp") ?? DateTimeOffset.MinValue;

    public JsonObject? Labels => At("metadata", "labels") as JsonObject;

    public string? Label(string key) => Labels?[key] is JsonValue value ? value.GetValue<string>() : null;

    /// <summary>The uid of the owner that has controller=true.</summary>
    public string? ControllerUid =>
        (At("metadata", "ownerReferences") as JsonArray)?
            .OfType<JsonObject>()
            .FirstOrDefault(owner => owner["controller"] is JsonValue flag && flag.GetValue<bool>())?["uid"]?
            .GetValue<string>();

    /// <summary>As Kubernetes decides it: the condition Ready is True and the pod is not going away.</summary>
    public bool IsReadyPod => !IsBeingDeleted && ConditionIsTrue("Ready");

    public JsonNode? At(params ReadOnlySpan<string> path)
    {
        JsonNode? node = Json;
        foreach (var key in path)
            node = node is JsonObject parent ? parent[key] : null;
        return node;
    }

    public string? Text(params ReadOnlySpan<string> path) =>
        At(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <remarks>Parsed numbers read as long; those that a part of this program just wrote may still be int.</remarks>
    public long Number(params ReadOnlySpan<string> path) => At(path) is not JsonValue value
        ? 0
        : value.TryGetValue<long>(out var whole) ? whole
        : value.TryGetValue<int>(out var small) ? small
        : 0;

    public DateTimeOffset? Instant(params ReadOnlySpan<string> path) =>
        DateTimeOffset.TryParse(Text(path), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : null;

    /// <summary>Whether every label of <paramref name="wanted"/> is there with the same value.</summary>
    public bool HasLabels(JsonObject? wanted)
    {
        if (wanted is null || wanted.Count == 0)
            return false;
        foreach (var (key, value) in wanted)
        {
            if (Label(key) != value?.GetValue<string>())
                return false;
        }

        return true;
    }

    private bool ConditionIsTrue(string type) =>
        (At("status", "conditions") as JsonArray)?.OfType<JsonObject>()
            .Select(condition => new ObjectView(condition))
            .Any(condition => condition.Text("type") == type && condition.Text("status") == "True") ?? false;
}
