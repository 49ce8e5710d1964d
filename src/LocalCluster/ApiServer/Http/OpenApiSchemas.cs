using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ApiServer.Schemas;

namespace Rollouts.LocalCluster.ApiServer.Http;

/// <summary>Structural schemas as OpenAPI v3 components; built-in types, which have names, are referred to.</summary>
internal sealed class OpenApiSchemas
{
    public JsonObject All { get; } = [];

    public void AddKind(ResourceKind kind)
    {
        var name = string.Join('.', kind.Group.Length == 0 ? "core" : kind.Group, kind.Version, kind.Kind);
        var schema = Body(kind.Schema);
        schema["x-kubernetes-group-version-kind"] = new JsonArray(OpenApi.GroupVersionKind(kind));
        All[name] = schema;
    }

    private JsonObject Convert(Schema schema)
    {
        if (schema.Name is not { } name)
            return Body(schema);
        if (!All.ContainsKey(name))
            All[name] = Body(schema);
        var reference = new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
        return new JsonObject { ["allOf"] = new JsonArray(reference), ["default"] = new JsonObject() };
    }

    private JsonObject Body(Schema schema)
    {
        var body = new JsonObject();
        Set(body, "type", schema.Type);
        Set(body, "format", schema.Format);
        Set(body, "description", schema.Description);
        if (schema.IsIntOrString)
            body["x-kubernetes-int-or-string"] = true;
        if (schema.PreservesUnknownFields)
            body["x-kubernetes-preserve-unknown-fields"] = true;
        if (schema.Properties.Count > 0)
        {
            var properties = new JsonObject();
            foreach (var (name, property) in schema.Properties)
                properties[name] = Convert(property);
            body["properties"] = properties;
        }
        if (schema.Values is { } values)
            body["additionalProperties"] = Convert(values);
        if (schema.Items is { } items)
            body["items"] = Convert(items);
        if (schema.Required.Length > 0)
            body["required"] = new JsonArray([.. schema.Required.Select(name => JsonValue.Create(name))]);
        if (schema.Enum.Length > 0)
            body["enum"] = new JsonArray([.. schema.Enum.Select(value => value.DeepClone())]);
        if (schema.Default is { } standard)
            body["default"] = standard.DeepClone();
        AddListKind(body, schema);
        return body;
    }

    private static void AddListKind(JsonObject body, Schema schema)
    {
        if (schema.IsSet)
        {
            body["x-kubernetes-list-type"] = "set";
            body["x-kubernetes-patch-strategy"] = "merge";
        }
        if (schema.ListMapKeys is not [var mergeKey, ..])
            return;
        body["x-kubernetes-list-type"] = "map";
        body["x-kubernetes-list-map-keys"] = new JsonArray([
            .. schema.ListMapKeys.Select(key => JsonValue.Create(key)),
        ]);
        body["x-kubernetes-patch-strategy"] = "merge";
        body["x-kubernetes-patch-merge-key"] = mergeKey;
    }

    private static void Set(JsonObject body, string name, string? value)
    {
        if (value is not null)
            body[name] = value;
    }
}
