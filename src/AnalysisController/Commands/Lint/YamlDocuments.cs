using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Rollouts.AnalysisController.Commands.Lint;

/// <summary>The documents of a YAML or JSON file as JSON, with the line at which each begins.</summary>
internal static class YamlDocuments
{
    /// <summary>Deeper than any manifest, and far from what the stack holds.</summary>
    private const int MostDepth = 64;

    /// <summary>
    /// Beyond what Kubernetes stores in one object; anchors could make more of a few lines than a machine holds.
    /// </summary>
    private const int MostNodes = 1_000_000;

    /// <exception cref="YamlException">Not YAML, or too deep or too large; it knows line and column.</exception>
    public static IReadOnlyList<(long Line, JsonNode? Content)> Read(TextReader reader)
    {
        var text = reader.ReadToEnd();
        CheckDepth(text);
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        var left = MostNodes;
        var documents = new List<(long, JsonNode?)>();
        foreach (var document in stream.Documents)
        {
            documents.Add((document.RootNode.Start.Line, Json(document.RootNode, 0, ref left)));
        }

        return documents;
    }

    /// <summary>By events, which need no stack: a reader of nodes would end the program.</summary>
    private static void CheckDepth(string text)
    {
        var parser = new Parser(new StringReader(text));
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > MostDepth)
            {
                throw TooMuch(parser.Current.Start, $"nested deeper than {MostDepth} levels");
            }
        }
    }

    private static YamlException TooMuch(Mark at, string what) => new(at, at, what);

    /// <param name="depth">Of this node: an anchor may hold itself.</param>
    /// <param name="left">Nodes that may still be made.</param>
    private static JsonNode? Json(YamlNode node, int depth, ref int left)
    {
        if (depth > MostDepth || --left < 0)
        {
            throw TooMuch(node.Start, "anchors that hold themselves, or that repeat each other without end");
        }

        switch (node)
        {
            case YamlMappingNode mapping:
                var fields = new JsonObject();
                foreach (var (key, value) in mapping)
                {
                    var name = (key as YamlScalarNode)?.Value ?? throw TooMuch(key.Start, "a key that is no text");
                    fields[name] = Json(value, depth + 1, ref left);
                }

                return fields;
            case YamlSequenceNode sequence:
                var items = new JsonArray();
                foreach (var item in sequence)
                {
                    items.Add(Json(item, depth + 1, ref left));
                }

                return items;
            case YamlScalarNode scalar:
                return Json(scalar);
            default:
                return null;
        }
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
