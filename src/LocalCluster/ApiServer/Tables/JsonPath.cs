using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.ApiServer.Tables;

/// <summary>
/// The JSONPath of printer columns and scale paths: <c>.a.b</c>, <c>['a']</c>, <c>[0]</c>, <c>[*]</c>,
/// <c>[?(@.type=="Ready")]</c>, with <c>\.</c> for a dot within a name.
/// </summary>
internal sealed partial class JsonPath
{
    private readonly List<Func<JsonNode, IEnumerable<JsonNode?>>> _steps = [];

    private JsonPath() { }

    /// <returns>Null when the text is not such a path.</returns>
    public static JsonPath? TryParse(string text)
    {
        var path = new JsonPath();
        var rest = text.TrimStart('$');
        while (rest.Length > 0)
        {
            var match = Step().Match(rest);
            if (!match.Success)
                return null;
            path._steps.Add(Read(match));
            rest = rest[match.Length..];
        }
        return path;
    }

    /// <returns>The first value found, which may be null; null too when there is none.</returns>
    public JsonNode? First(JsonObject root)
    {
        IEnumerable<JsonNode?> found = [root];
        foreach (var step in _steps)
            found = found.OfType<JsonNode>().SelectMany(step);
        return found.FirstOrDefault();
    }

    private static Func<JsonNode, IEnumerable<JsonNode?>> Read(Match match)
    {
        if (match.Groups["index"].Success)
        {
            var index = int.Parse(match.Groups["index"].Value, System.Globalization.CultureInfo.InvariantCulture);
            return node => node is JsonArray list && index < list.Count ? [list[index]] : [];
        }
        if (match.Groups["all"].Success)
            return node => node as JsonArray ?? [];
        if (match.Groups["filter"].Success)
        {
            var (field, wanted) = (match.Groups["filter"].Value, match.Groups["wanted"].Value);
            return node => (node as JsonArray ?? []).Where(item => item is JsonObject map && map.Text(field) == wanted);
        }
        var name = (match.Groups["name"].Success ? match.Groups["name"].Value : match.Groups["quoted"].Value).Replace(
            "\\.",
            ".",
            StringComparison.Ordinal);
        return node => node is JsonObject map && map.TryGetPropertyValue(name, out var value) ? [value] : [];
    }

    [GeneratedRegex(
        """
        ^(
          \.(?<name>([^.\[\]\\]|\\.)+)
        | \.?\['(?<quoted>[^']+)'\]
        | \[(?<index>[0-9]{1,6})\]
        | (?<all>\[\*\])
        | \[\?\(@\.(?<filter>\w+)\s*==\s*["'](?<wanted>[^"']*)["']\)\])
        """,
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Step();
}
