using System.Globalization;
using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Argo;

/// <summary>The pieces of JSON that every patch of ours is made of.</summary>
internal static class JsonText
{
    /// <summary>
    /// Most characters of a message in a status: etcd bounds the object, and Argo repeats it in three places.
    /// </summary>
    private const int MessageLimit = 1_000;

    /// <summary>Kubernetes' time: UTC, whole seconds.</summary>
    public static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Bounded(string message) =>
        message.Length <= MessageLimit ? message : string.Concat(message.AsSpan(0, MessageLimit - 1), "…");

    /// <summary>A value of null takes its key away where the object is merged.</summary>
    public static JsonObject Object(IReadOnlyDictionary<string, string?> values) =>
        new(values.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value))));

    /// <summary>What guards a patch against a write in between, and the annotations that it sets.</summary>
    public static JsonObject Metadata(IKubernetesObject read, IReadOnlyDictionary<string, string?> annotations) =>
        new() { ["resourceVersion"] = read.Metadata.ResourceVersion, ["annotations"] = Object(annotations) };
}
