using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Rollouts.LocalCluster.ApiServer.Json;

/// <summary>YAML as JSON, by the YAML 1.2 core schema: only plain scalars become numbers, booleans and null.</summary>
internal static partial class YamlReader
{
    private const int DepthLimit = 64;

    /// <exception cref="FormatException">Not YAML, or YAML that has no JSON form; the message has the line.</exception>
    public static IReadOnlyList<JsonNode?> ReadDocuments(string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException problem)
        {
            throw new FormatException($"line {problem.Start.Line}: {problem.Message}", problem);
        }
        catch (InvalidOperationException problem)
        {
            // YamlDotNet's scanner gives up on some badly indented flow collections without saying where.
            throw new FormatException($"not YAML: {problem.Message}", problem);
        }
        return [.. stream.Documents.Select(document => Convert(document.RootNode, 0))];
    }

    private static JsonNode? Convert(YamlNode node, int depth)
    {
        if (depth > DepthLimit)
            throw new FormatException($"line {node.Start.Line}: nested deeper than {DepthLimit}");
        return node switch
        {
            YamlScalarNode scalar => Scalar(scalar),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(child => Convert(child, depth + 1))]),
            YamlMappingNode map => Map(map, depth),
            _ => throw new FormatException($"line {node.Start.Line}: no JSON form for {node.NodeType}"),
        };
    }

    private static JsonObject Map(YamlMappingNode map, int depth)
    {
        var result = new JsonObject();
        foreach (var (key, value) in map.Children)
        {
            if (key is not YamlScalarNode { Value: { } name })
                throw new FormatException($"line {key.Start.Line}: a key must be a scalar");
            result[name] = Convert(value, depth + 1);
        }
        return result;
    }

    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style is not ScalarStyle.Plain)
            return JsonValue.Create(text);
        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when Whole().IsMatch(text) && long.TryParse(text, CultureInfo.InvariantCulture, out var whole) =>
                JsonValue.Create(whole),
            _ when Number().IsMatch(text) => JsonValue.Create(double.Parse(text, CultureInfo.InvariantCulture)),
            _ => JsonValue.Create(text),
        };
    }

    [GeneratedRegex(@"^[-+]?[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
