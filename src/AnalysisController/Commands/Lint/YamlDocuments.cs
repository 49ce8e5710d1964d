using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Rollouts.AnalysisController.Commands.Lint;

/// <summary>The documents of a YAML or JSON file as JSON, with the line at which each begins.</summary>
internal static class YamlDocuments
{
    /// <exception cref="YamlException">Not YAML; it knows line and column.</exception>
    public static IReadOnlyList<(long Line, JsonNode? Content)> Read(TextReader reader)
    {
        var stream = new YamlStream();
        stream.Load(reader);
        return [.. stream.Documents.Select(document => (document.RootNode.Start.Line, Json(document.RootNode)))];
    }

    private static JsonNode? Json(YamlNode node) =>
        node switch
        {
            YamlMappingNode mapping => Json(mapping),
            YamlSequenceNode sequence => new JsonArray([.. sequence.Select(Json)]),
            YamlScalarNode scalar => Json(scalar),
            _ => null,
        };

    private static JsonObject Json(YamlMappingNode mapping)
    {
        var json = new JsonObject();
        foreach (var (key, value) in mapping)
        {
            json[((YamlScalarNode)key).Value ?? ""] = Json(value);
        }

        return json;
    }

    /// <summary>
    /// YAML's core schema (yaml.org/spec/1.2.2 §10.3): a plain scalar may be a number, a truth or nothing.
    /// </summary>
    private static JsonValue? Json(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) =>
                JsonValue.Create(whole),
            _ when IsNumber(text, out var number) => JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }

    private static bool IsNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number)
        && double.IsFinite(number)
        && text[^1] is (>= '0' and <= '9') or '.';
}
