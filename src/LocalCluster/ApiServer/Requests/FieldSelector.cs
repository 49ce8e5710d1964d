using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ApiServer.Storage;

namespace Rollouts.LocalCluster.ApiServer.Requests;

/// <summary>
/// <c>metadata.name=a,involvedObject.kind!=Pod</c>: every kind by name and namespace, some kinds by a few fields more.
/// </summary>
internal sealed class FieldSelector
{
    private static readonly ImmutableHashSet<string> ForEvents =
    [
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "type",
        "reportingComponent",
    ];

    private static readonly ImmutableHashSet<string> ForPods =
    [
        "spec.nodeName",
        "spec.restartPolicy",
        "status.phase",
        "status.podIP",
    ];

    private readonly List<(string[] Path, string Value, bool WantsEqual)> _requirements = [];

    /// <exception cref="ApiException">400: not a selector, or a field that this kind is not selected by.</exception>
    public static FieldSelector Parse(string? text, ResourceKind kind)
    {
        var selector = new FieldSelector();
        foreach (
            var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var wantsEqual = !part.Contains("!=", StringComparison.Ordinal);
            var sides = part.Split(wantsEqual ? "=" : "!=", 2);
            if (sides.Length != 2)
                throw ApiException.BadRequest($"invalid selector: '{text}'; can't understand '{part}'");
            if (!IsSupported(kind, sides[0]))
                throw ApiException.BadRequest($"field label not supported: {sides[0]}");
            selector._requirements.Add((sides[0].Split('.'), sides[1].TrimStart('='), wantsEqual));
        }
        return selector;
    }

    public bool Matches(StoredObject candidate)
    {
        JsonObject? body = null;
        foreach (var (path, value, wantsEqual) in _requirements)
        {
            var actual = path switch
            {
                ["metadata", "name"] => candidate.Key.Name,
                ["metadata", "namespace"] => candidate.Key.Namespace,
                _ => Read(body ??= candidate.Copy(), path),
            };
            if (actual == value != wantsEqual)
                return false;
        }
        return true;
    }

    private static string Read(JsonObject body, string[] path)
    {
        JsonNode? node = body;
        foreach (var name in path)
            node = (node as JsonObject)?[name];
        return node.AsText ?? "";
    }

    private static bool IsSupported(ResourceKind kind, string field) =>
        field is "metadata.name" or "metadata.namespace"
        || (kind.Resource == "events" && ForEvents.Contains(field))
        || (kind.Resource == "pods" && ForPods.Contains(field));
}
