using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.ApiServer.Schemas;

/// <summary>
/// Fills in what the schema defaults, outside in, as Kubernetes does: a defaulted object gets its own fields' defaults.
/// A null that its field does not take is a field that is not there (kubernetes/apiextensions-apiserver
/// pkg/apiserver/schema/defaulting/prune.go); an item of a list stays, and is refused.
/// </summary>
internal static class SchemaDefaults
{
    public static void Apply(Schema schema, JsonNode? node)
    {
        if (node is JsonObject map)
        {
            foreach (var (name, _) in map.Where(entry => IsDropped(schema, entry)).ToList())
                map.Remove(name);
            foreach (var (name, property) in schema.Properties)
            {
                if (
                    property.Default is { } value
                    && !(map.TryGetPropertyValue(name, out var current) && (current is not null || property.Nullable)))
                {
                    map[name] = value.DeepClone();
                }
            }
            foreach (var (name, value) in map)
            {
                if (schema.Field(name) is { } field)
                    Apply(field, value);
            }
        }
        else if (node is JsonArray list && schema.Items is { } items)
        {
            foreach (var item in list)
                Apply(items, item);
        }
    }

    private static bool IsDropped(Schema schema, KeyValuePair<string, JsonNode?> entry) =>
        entry.Value is null && schema.Field(entry.Key) is { Nullable: false, PreservesUnknownFields: false };
}
