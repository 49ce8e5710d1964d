using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Rollouts.AnalysisController.Commands.Explain;

/// <summary>JSON as YAML. Texts are quoted, so that none is read as a number or as a truth value.</summary>
internal static class YamlText
{
    public static string Of(JsonObject json)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        new YamlStream(new YamlDocument(NodeOf(json))).Save(text, assignAnchors: false);
        return text.ToString().Replace("...\n", "", StringComparison.Ordinal).TrimEnd();
    }

    private static YamlNode NodeOf(JsonNode? json) =>
        json switch
        {
            JsonObject fields => new YamlMappingNode(
                fields.Select(field =>
                    KeyValuePair.Create<YamlNode, YamlNode>(new YamlScalarNode(field.Key), NodeOf(field.Value))
                )
            ),
            JsonArray items => new YamlSequenceNode(items.Select(NodeOf)),
            { } value when value.GetValueKind() == JsonValueKind.String => new YamlScalarNode(value.GetValue<string>())
            {
                Style = ScalarStyle.DoubleQuoted,
            },
            { } value => new YamlScalarNode(value.ToJsonString()),
            null => new YamlScalarNode("null"),
        };
}
