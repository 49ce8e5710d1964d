using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.ArgoStandIn.Json;

/// <summary>Makes the JSON merge patch (RFC 7386) that leads from one document to another.</summary>
internal static class MergePatch
{
    /// <summary>Lists are replaced whole: a merge patch knows no other way.</summary>
    /// <returns>Null when there is nothing to change.</returns>
    public static JsonObject? Between(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var (name, _) in before)
        {
            if (after[name] is null && before[name] is not null)
                patch[name] = null;
        }
        foreach (var (name, value) in after)
        {
            if (value is null || JsonNode.DeepEquals(before[name], value))
                continue;
            if (before[name] is JsonObject left && value is JsonObject right)
                patch[name] = Between(left, right);
            else
                patch[name] = value.DeepClone();
        }
        return patch.Count == 0 ? null : patch;
    }
}
