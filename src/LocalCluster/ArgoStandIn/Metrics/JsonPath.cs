using System.Globalization;
using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.ArgoStandIn.Metrics;

/// <summary>
/// The part of JSONPath that web metrics use: <c>{$}</c>, <c>{$.a.b}</c>, <c>{$.list[0].x}</c>, <c>{$['a']}</c>.
/// </summary>
internal static class JsonPath
{
    /// <exception cref="FormatException">The path is of another form, or leads nowhere.</exception>
    public static JsonNode? Select(JsonNode? document, string path)
    {
        var text = path.Trim();
        if (text.StartsWith('{') && text.EndsWith('}'))
            text = text[1..^1].Trim();
        var rest = text.StartsWith('$') ? text.AsSpan(1) : text.AsSpan();
        var node = document;
        while (!rest.IsEmpty)
            node = Step(node, ref rest, path);
        return node;
    }

    /// <summary>The text in <c>measurement.value</c>: a string as it is, anything else as JSON.</summary>
    public static string Display(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node?.ToJsonString() ?? "null";

    /// <summary>Takes one step off the front of <paramref name="rest"/>.</summary>
    private static JsonNode? Step(JsonNode? node, ref ReadOnlySpan<char> rest, string path)
    {
        if (rest[0] == '[')
        {
            var end = rest.IndexOf(']');
            if (end < 0)
                throw new FormatException($"jsonPath {path}: '[' is not closed");
            var inside = rest[1..end].Trim();
            rest = rest[(end + 1)..];
            return inside is ['\'' or '"', .., _]
                ? Member(node, inside[1..^1].ToString(), path)
                : Element(node, inside, path);
        }
        if (rest[0] == '.')
            rest = rest[1..];
        var length = rest.IndexOfAny('.', '[');
        var name = length < 0 ? rest : rest[..length];
        rest = length < 0 ? [] : rest[length..];
        if (name.IsEmpty || name.Contains('*'))
            throw new FormatException($"jsonPath {path}: only names and indexes are understood");
        return Member(node, name.ToString(), path);
    }

    private static JsonNode? Member(JsonNode? node, string name, string path) =>
        node is JsonObject json && json.ContainsKey(name)
            ? json[name]
            : throw new FormatException($"jsonPath {path}: {name} is not found");

    private static JsonNode? Element(JsonNode? node, ReadOnlySpan<char> index, string path)
    {
        if (!int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var position))
            throw new FormatException($"jsonPath {path}: only names and indexes are understood");
        return node is JsonArray array && position < array.Count
            ? array[position]
            : throw new FormatException($"jsonPath {path}: there is no element {position}");
    }
}
