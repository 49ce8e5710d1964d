using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.ApiServer.Schemas;

/// <summary>
/// Checks a pruned and defaulted value against its schema; every fault is reported, not only the first.
/// </summary>
internal static class SchemaValidation
{
    public static void Check(Schema schema, JsonNode? node, string path, ICollection<FieldError> errors)
    {
        if (!HasType(schema, node))
        {
            errors.Add(WrongType(schema, node, path));
            return;
        }
        if (schema.Enum.Length > 0 && !schema.Enum.Any(allowed => JsonNode.DeepEquals(allowed, node)))
            errors.Add(FieldError.NotSupported(path, Show(node), schema.Enum.Select(Show)));
        switch (node)
        {
            case JsonObject map:
                CheckMap(schema, map, path, errors);
                break;
            case JsonArray list:
                CheckList(schema, list, path, errors);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                CheckText(schema, value.GetValue<string>(), path, errors);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                CheckNumber(schema, double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture), path, errors);
                break;
            default:
                break;
        }
    }

    private static bool HasType(Schema schema, JsonNode? node)
    {
        if (node is null)
            return schema.Nullable || schema.PreservesUnknownFields;
        var kind = node.GetValueKind();
        if (schema.IsIntOrString)
            return kind == JsonValueKind.String || IsWhole(node);
        return schema.Type switch
        {
            null => true,
            "object" => kind == JsonValueKind.Object,
            "array" => kind == JsonValueKind.Array,
            "string" => kind == JsonValueKind.String,
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            "number" => kind == JsonValueKind.Number,
            _ => IsWhole(node),
        };
    }

    private static bool IsWhole(JsonNode node) =>
        node.GetValueKind() == JsonValueKind.Number
        && decimal.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && decimal.IsInteger(number);

    private static FieldError WrongType(Schema schema, JsonNode? node, string path)
    {
        var actual = node?.GetValueKind() switch
        {
            null or JsonValueKind.Null => "null",
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            _ => IsWhole(node) ? "integer" : "number",
        };
        var wanted = schema.IsIntOrString ? "integer,string" : schema.Type ?? "object";
        var shown = node is JsonValue ? Show(node) : $"\"{actual}\"";
        return FieldError.WrongType(path, actual, $"{path} in body must be of type {wanted}: {shown}");
    }

    private static void CheckMap(Schema schema, JsonObject map, string path, ICollection<FieldError> errors)
    {
        foreach (var required in schema.Required)
        {
            if (!map.ContainsKey(required))
                errors.Add(FieldError.Required(Join(path, required)));
        }
        if (schema.MaxProperties is { } most && map.Count > most)
            errors.Add(FieldError.TooMany(path, map.Count, most));
        if (schema.MinProperties is { } least && map.Count < least)
            errors.Add(FieldError.Invalid(path, Show(map), $"{path} in body should have at least {least} properties"));
        foreach (var (name, value) in map)
        {
            if (schema.Field(name) is { } field)
                Check(field, value, Join(path, name), errors);
        }
    }

    private static void CheckList(Schema schema, JsonArray list, string path, ICollection<FieldError> errors)
    {
        if (schema.MaxItems is { } most && list.Count > most)
            errors.Add(FieldError.TooMany(path, list.Count, most));
        if (schema.MinItems is { } least && list.Count < least)
            errors.Add(FieldError.Invalid(path, Show(list), $"{path} in body should have at least {least} items"));
        if (schema.Items is not { } items)
            return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < list.Count; index++)
        {
            Check(items, list[index], $"{path}[{index}]", errors);
            if (Identity(schema, list[index]) is { } identity && !seen.Add(identity))
                errors.Add(FieldError.Duplicate($"{path}[{index}]", identity));
        }
    }

    private static string? Identity(Schema schema, JsonNode? item)
    {
        if (schema.IsSet)
            return Show(item);
        if (schema.ListMapKeys.IsEmpty || item is not JsonObject map)
            return null;
        var keys = new JsonObject();
        foreach (var key in schema.ListMapKeys)
            keys.CopyProperty(key, map);
        return Show(keys);
    }

    private static void CheckText(Schema schema, string text, string path, ICollection<FieldError> errors)
    {
        if (schema.MaxLength is { } most && text.Length > most)
            errors.Add(FieldError.TooLong(path, $"may not be more than {most} bytes"));
        if (schema.MinLength is { } least && text.Length < least)
            errors.Add(FieldError.Invalid(path, Show(text), $"{path} in body should be at least {least} chars long"));
        if (schema.Pattern is { } pattern && !Matches(pattern, text))
            errors.Add(FieldError.Invalid(path, Show(text), $"{path} in body should match '{pattern}'"));
        if (schema.Format == "date-time" && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _))
            errors.Add(FieldError.Invalid(path, Show(text), $"{path} in body must be of type date-time: {Show(text)}"));
    }

    private static bool Matches(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static void CheckNumber(Schema schema, double number, string path, ICollection<FieldError> errors)
    {
        var shown = number.ToString(CultureInfo.InvariantCulture);
        if (schema.Minimum is { } least && (schema.ExclusiveMinimum ? number <= least : number < least))
        {
            errors.Add(
                FieldError.Invalid(
                    path,
                    shown,
                    $"{path} in body should be greater than {OrEqual(schema.ExclusiveMinimum)}{Show(least)}"));
        }
        if (schema.Maximum is { } most && (schema.ExclusiveMaximum ? number >= most : number > most))
        {
            errors.Add(
                FieldError.Invalid(
                    path,
                    shown,
                    $"{path} in body should be less than {OrEqual(schema.ExclusiveMaximum)}{Show(most)}"));
        }
    }

    private static string Show(JsonNode? node) => node?.ToJsonString() ?? "null";

    private static string OrEqual(bool isExclusive) => isExclusive ? "" : "or equal to ";

    private static string Show(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
