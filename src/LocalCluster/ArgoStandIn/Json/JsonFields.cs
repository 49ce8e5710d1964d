using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.ArgoStandIn.Json;

/// <summary>Reads fields of Kubernetes objects by path; what is absent or of another kind reads as absent.</summary>
internal static class JsonFields
{
    extension(JsonNode? node)
    {
        public JsonNode? At(params ReadOnlySpan<string> path)
        {
            var current = node;
            foreach (var name in path)
                current = (current as JsonObject)?[name];
            return current;
        }

        public JsonObject? Object(params ReadOnlySpan<string> path) => node.At(path) as JsonObject;

        public string? Text(params ReadOnlySpan<string> path) =>
            node.At(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

        /// <summary>A whole number, also when it stands as text, as Kubernetes' IntOrString does.</summary>
        public int? Int(params ReadOnlySpan<string> path)
        {
            if (node.At(path) is not JsonValue value)
                return null;
            var text = value.GetValueKind() == JsonValueKind.Number ? value.ToJsonString() : node.Text(path);
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;
        }

        public bool Flag(params ReadOnlySpan<string> path) =>
            node.At(path) is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

        public DateTimeOffset? Instant(params ReadOnlySpan<string> path) =>
            DateTimeOffset.TryParse(node.Text(path), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
                out var instant)
                ? instant
                : null;

        /// <summary>The objects of a list.</summary>
        public IReadOnlyList<JsonObject> Items(params ReadOnlySpan<string> path) =>
            node.At(path) is JsonArray array ? [.. array.OfType<JsonObject>()] : [];

        /// <summary>The text entries of a map, such as labels.</summary>
        public IReadOnlyDictionary<string, string> TextMap(params ReadOnlySpan<string> path)
        {
            var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, value) in node.Object(path) ?? [])
            {
                if (value is JsonValue text && text.TryGetValue<string>(out var entry))
                    map[name] = entry;
            }
            return map;
        }
    }

    extension(JsonObject parent)
    {
        /// <summary>The child object of this name, made when it is absent.</summary>
        public JsonObject Child(string name)
        {
            if (parent[name] is JsonObject child)
                return child;
            child = [];
            parent[name] = child;
            return child;
        }

        /// <summary>Sets a number, or removes the field when it is zero, as Go's omitempty does.</summary>
        public void SetCount(string name, int count)
        {
            if (count == 0)
                parent.Remove(name);
            else
                parent[name] = count;
        }

        /// <summary>Sets a text, or removes the field when the text is empty, as Go's omitempty does.</summary>
        public void SetText(string name, string? text)
        {
            if (string.IsNullOrEmpty(text))
                parent.Remove(name);
            else
                parent[name] = text;
        }

        public void SetFlag(string name, bool flag)
        {
            if (flag)
                parent[name] = true;
            else
                parent.Remove(name);
        }
    }

    extension(IReadOnlyDictionary<string, string> map)
    {
        public JsonObject ToJson()
        {
            var json = new JsonObject();
            foreach (var (name, value) in map)
                json[name] = value;
            return json;
        }
    }

    /// <summary>Kubernetes' wire form of an instant: UTC, whole seconds.</summary>
    public static string ToWire(this DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
