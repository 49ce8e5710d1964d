using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rollouts.LocalCluster.ApiServer.Schemas;

namespace Rollouts.LocalCluster.ApiServer.Resources;

/// <summary>One field's type as <c>built-in-kinds.yaml</c> writes it, such as <c>[Container by name] !</c>.</summary>
internal sealed partial record TypeExpression(Schema Schema, bool IsRequired)
{
    /// <param name="named">Finds another type of the file.</param>
    /// <exception cref="FormatException">The expression is not one.</exception>
    public static TypeExpression Parse(string text, Func<string, Schema> named)
    {
        var match = Grammar().Match(text);
        if (!match.Success)
            throw new FormatException($"not a type: {text}");
        var element = Element(match.Groups["name"].Value, named);
        if (match.Groups["enum"].Success)
        {
            element = element with
            {
                Enum = [.. match.Groups["enum"].Value.Split(',').Select(value => JsonValue.Create(value))],
            };
        }
        if (match.Groups["default"].Success)
            element = element with { Default = Literal(match.Groups["default"].Value) };
        var keys = match.Groups["key"].Success ? match.Groups["key"].Value.Split(',') : [];
        var schema = match.Groups["open"].Value switch
        {
            "[" => new Schema
            {
                Type = "array",
                Items = element,
                ListMapKeys = [.. keys],
                IsSet = match.Groups["set"].Success,
            },
            "{" => new Schema { Type = "object", Values = element },
            _ => element,
        };
        return new TypeExpression(schema, match.Groups["required"].Success);
    }

    private static Schema Element(string name, Func<string, Schema> named) =>
        name switch
        {
            "string" or "integer" or "number" or "boolean" => new Schema { Type = name },
            "time" => new Schema { Type = "string", Format = "date-time" },
            "intOrString" => new Schema { IsIntOrString = true },
        "quantity" => new Schema { IsIntOrString = true, Format = "quantity" },
        "bytes" => new Schema { Type = "string", Format = "byte" },
            "any" => Schema.Anything,
            _ => named(name),
        };

    private static JsonValue Literal(string text) =>
        long.TryParse(text, out var whole) ? JsonValue.Create(whole) : JsonValue.Create(text);

    [GeneratedRegex(
        @"^(?<open>[\[{])?(?<name>\w+)( by (?<key>[\w,]+))?(?<set> set)?[\]}]?"
            + @"( enum\((?<enum>[^)]+)\))?(?<required> !)?( = (?<default>\S+))?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
