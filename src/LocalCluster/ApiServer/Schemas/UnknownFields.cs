using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.ApiServer.Schemas;

/// <summary>Removes the fields that the schema does not know, and null values that it does not allow.</summary>
internal static class UnknownFields
{
    /// <returns>The paths of the unknown fields, in the order of the document.</returns>
    public static IReadOnlyList<string> Prune(Schema schema, JsonObject body)
    {
        var unknown = new List<string>();
        Prune(schema, body, "", unknown);
        return unknown;
    }

    private static void Prune(Schema schema, JsonNode? node, string path, List<string> unknown)
    {
        if (node is JsonObject map)
        {
            foreach (var (name, value) in map.ToList())
                PruneField(schema, map, name, value, path.Length == 0 ? name : $"{path}.{name}", unknown);
        }
        else if (node is JsonArray list && schema.Items is { } items)
        {
            for (var index = 0; index < list.Count; index++)
                Prune(items, list[index], $"{path}[{index}]", unknown);
        }
    }

    private static void PruneField(
        Schema schema,
        JsonObject map,
        string name,
        JsonNode? value,
        string path,
        List<string> unknown)
    {
        if (schema.Field(name) is { } field)
        {
            if (value is null && !field.Nullable && !field.PreservesUnknownFields)
                map.Remove(name);
            else
                Prune(field, value, path, unknown);
        }
        else if (!schema.PreservesUnknownFields && schema.Type == "object")
        {
            map.Remove(name);
            unknown.Add(path);
        }
    }
}
