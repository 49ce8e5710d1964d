using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.ApiServer.Schemas;

/// <summary>
/// Reads the <c>openAPIV3Schema</c> of a CRD. What this server would not check (allOf, anyOf outside int-or-string,
/// $ref, …) is refused, except CEL rules, which are kept and not evaluated.
/// </summary>
internal static class SchemaReader
{
    private static readonly ImmutableHashSet<string> Known =
    [
        "type",
        "description",
        "format",
        "properties",
        "additionalProperties",
        "items",
        "required",
        "enum",
        "default",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
        "pattern",
        "nullable",
        "title",
        "example",
        "externalDocs",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-int-or-string",
        "x-kubernetes-embedded-resource",
        "x-kubernetes-list-type",
        "x-kubernetes-list-map-keys",
        "x-kubernetes-map-type",
        "x-kubernetes-validations",
    ];

    private static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(100);

    public static Schema Read(JsonObject source, string path, ICollection<FieldError> errors)
    {
        var isIntOrString = source.Flag("x-kubernetes-int-or-string");
        foreach (var (name, _) in source)
        {
            if (!Known.Contains(name) && !(isIntOrString && name is "anyOf" or "allOf"))
                errors.Add(FieldError.Forbidden($"{path}.{name}", "not modelled by this server"));
        }
        return new Schema
        {
            Type = Type(source, isIntOrString, path, errors),
            Description = source.Text("description"),
            Format = source.Text("format"),
            Properties = Properties(source, path, errors),
            Values = Values(source, path, errors),
            Items = source.Child("items") is { } items ? Read(items, $"{path}.items", errors) : null,
            Required = Texts(source, "required"),
            Enum = [.. (source["enum"] as JsonArray ?? []).OfType<JsonNode>().Select(value => value.DeepClone())],
            Default = source["default"]?.DeepClone(),
            Minimum = Number(source, "minimum"),
            Maximum = Number(source, "maximum"),
            ExclusiveMinimum = source.Flag("exclusiveMinimum"),
            ExclusiveMaximum = source.Flag("exclusiveMaximum"),
            MinLength = Whole(source, "minLength"),
            MaxLength = Whole(source, "maxLength"),
            MinItems = Whole(source, "minItems"),
            MaxItems = Whole(source, "maxItems"),
            MinProperties = Whole(source, "minProperties"),
            MaxProperties = Whole(source, "maxProperties"),
            Pattern = Pattern(source, path, errors),
            Nullable = source.Flag("nullable"),
            PreservesUnknownFields =
                source.Flag("x-kubernetes-preserve-unknown-fields") || source.Flag("x-kubernetes-embedded-resource"),
            IsIntOrString = isIntOrString,
            ListMapKeys =
                source.Text("x-kubernetes-list-type") == "map" ? Texts(source, "x-kubernetes-list-map-keys") : [],
            IsSet = source.Text("x-kubernetes-list-type") == "set",
        };
    }

    private static string? Type(JsonObject source, bool isIntOrString, string path, ICollection<FieldError> errors)
    {
        var type = source.Text("type");
        if (isIntOrString || (type is null && source.Flag("x-kubernetes-preserve-unknown-fields")))
            return null;
        if (type is null)
        {
            errors.Add(FieldError.Required($"{path}.type", "must not be empty for specified object fields"));
        }
        else if (type is not ("object" or "array" or "string" or "integer" or "number" or "boolean"))
        {
            errors.Add(
                FieldError.NotSupported(
                    $"{path}.type",
                    $"\"{type}\"",
                    ["array", "boolean", "integer", "number", "object", "string"]));
        }
        if (type == "array" && source.Child("items") is null)
            errors.Add(FieldError.Required($"{path}.items", "must be specified"));
        return type;
    }

    private static ImmutableSortedDictionary<string, Schema> Properties(
        JsonObject source,
        string path,
        ICollection<FieldError> errors)
    {
        var properties = ImmutableSortedDictionary.CreateBuilder<string, Schema>(StringComparer.Ordinal);
        foreach (var (name, value) in source.Child("properties") ?? [])
        {
            if (value is JsonObject property)
            {
                properties[name] = Read(property, $"{path}.properties[{name}]", errors);
            }
            else
            {
                errors.Add(
                    FieldError.Invalid(
                        $"{path}.properties[{name}]",
                        value?.ToJsonString() ?? "null",
                        "must be an object"));
            }
        }
        return properties.ToImmutable();
    }

    private static Schema? Values(JsonObject source, string path, ICollection<FieldError> errors) =>
        source["additionalProperties"] switch
        {
            JsonObject values => Read(values, $"{path}.additionalProperties", errors),
            JsonValue allowed when allowed.AsFlag => Schema.Anything,
            _ => null,
        };

    private static Regex? Pattern(JsonObject source, string path, ICollection<FieldError> errors)
    {
        if (source.Text("pattern") is not { } pattern)
            return null;
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, PatternTimeout);
        }
        catch (ArgumentException problem)
        {
            errors.Add(FieldError.Invalid($"{path}.pattern", $"\"{pattern}\"", problem.Message));
            return null;
        }
    }

    private static ImmutableArray<string> Texts(JsonObject source, string name) =>
        [.. (source[name] as JsonArray ?? []).Select(value => value.AsText).OfType<string>()];

    private static int? Whole(JsonObject source, string name) =>
        source.Whole(name) is { } value and >= 0 and <= int.MaxValue ? (int)value : null;

    private static double? Number(JsonObject source, string name) =>
        source[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number
            ? double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture)
            : null;
}
