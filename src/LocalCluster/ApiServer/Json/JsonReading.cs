using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.ApiServer.Json;

/// <summary>
/// Forgiving reads of JSON whose shape the schemas have already checked, or which is about to be checked.
/// </summary>
internal static class JsonReading
{
    extension(JsonNode? node)
    {
        public string? AsText => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

        public bool AsFlag => node is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

        public long? AsWhole =>
            node is JsonValue value
            && value.GetValueKind() == JsonValueKind.Number
            && long.TryParse(value.ToJsonString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var whole)
                ? whole
                : null;
    }

    extension(JsonObject body)
    {
        /// <summary>The object's metadata, made when it is not there.</summary>
        public JsonObject Metadata
        {
            get
            {
                if (body["metadata"] is JsonObject metadata)
                    return metadata;
                var made = new JsonObject();
                body["metadata"] = made;
                return made;
            }
        }

        public string? Text(string name) => body[name].AsText;

        public bool Flag(string name) => body[name].AsFlag;

        public long? Whole(string name) => body[name].AsWhole;

        public JsonObject? Child(string name) => body[name] as JsonObject;

        public IEnumerable<JsonObject> Children(string name) => (body[name] as JsonArray ?? []).OfType<JsonObject>();

        public IReadOnlyDictionary<string, string> TextMap(string name) =>
            (body[name] as JsonObject ?? [])
                .Where(entry => entry.Value.AsText is not null)
                .ToDictionary(entry => entry.Key, entry => entry.Value.AsText!, StringComparer.Ordinal);
    }

    /// <summary>Replaces a property by a copy of another object's, or removes it where the other has none.</summary>
    public static void CopyProperty(this JsonObject target, string name, JsonObject source)
    {
        if (source.TryGetPropertyValue(name, out var value))
            target[name] = value?.DeepClone();
        else
            target.Remove(name);
    }
}
