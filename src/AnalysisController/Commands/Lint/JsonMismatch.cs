using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace Rollouts.AnalysisController.Commands.Lint;

/// <summary>
/// A value that its field does not take, in words: which field, which value, what is expected.
/// </summary>
internal static partial class JsonMismatch
{
    private const int MostShown = 60;

    /// <param name="mismatch">What reading the object as the type ended with.</param>
    public static string Describe(JsonException mismatch, JsonObject read, JsonTypeInfo type)
    {
        JsonNode? value = read;
        var expected = type;
        var place = "";
        foreach (Match step in Steps().Matches(mismatch.Path ?? ""))
        {
            var name = step.Groups["name"].Value;
            place += name.Length == 0 ? step.Value : step.Value.StartsWith('[') ? $"[\"{name}\"]" : $".{name}";
            value = name.Length == 0
                ? (value as JsonArray)?[int.Parse(step.Groups["index"].ValueSpan, CultureInfo.InvariantCulture)]
                : (value as JsonObject)?[name];
            expected = Below(expected, name);
        }

        var shown = value?.ToJsonString() ?? "null";
        shown = shown.Length > MostShown ? shown[..MostShown] + "…" : shown;
        return $"{place.TrimStart('.')} is {shown}; {Words(expected)} is expected";
    }

    /// <summary>The first item of a list that is null, by its path: Kubernetes takes none.</summary>
    public static string? NullItem(JsonNode? node, string path) =>
        node switch
        {
            JsonObject fields => fields
                .Select(field => NullItem(field.Value, path.Length == 0 ? field.Key : $"{path}.{field.Key}"))
                .FirstOrDefault(found => found is not null),
            JsonArray items => items
                .Select((item, index) => item is null ? $"{path}[{index}]" : NullItem(item, $"{path}[{index}]"))
                .FirstOrDefault(found => found is not null),
            _ => null,
        };

    private static JsonTypeInfo? Below(JsonTypeInfo? type, string name)
    {
        var inner = type?.Kind == JsonTypeInfoKind.Object
            ? type.Properties.FirstOrDefault(property => property.Name == name)?.PropertyType
            : type?.ElementType;
        return inner is null ? null : type!.Options.GetTypeInfo(Nullable.GetUnderlyingType(inner) ?? inner);
    }

    private static string Words(JsonTypeInfo? type) =>
        type?.Kind switch
        {
            JsonTypeInfoKind.Enumerable => "a list",
            JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "an object",
            _ when type?.Type == typeof(string) => "a text",
            _ when type?.Type == typeof(bool) => "true or false",
            _ when type?.Type == typeof(int) || type?.Type == typeof(long) => "a whole number",
            _ when type?.Type == typeof(DateTimeOffset) => "a time such as 2026-01-31T12:00:00Z",
            _ => "another kind of value",
        };

    /// <summary>A path as System.Text.Json writes it: $.a.b[0]['c.d/e'].</summary>
    [GeneratedRegex(@"\.(?<name>[^.\[\]']+)|\['(?<name>[^']*)'\]|\[(?<index>\d+)\]")]
    private static partial Regex Steps();
}
