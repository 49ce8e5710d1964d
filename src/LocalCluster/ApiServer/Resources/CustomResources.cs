using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Schemas;

namespace Rollouts.LocalCluster.ApiServer.Resources;

/// <summary>Turns a CustomResourceDefinition (apiextensions.k8s.io/v1) into a served kind.</summary>
internal static class CustomResources
{
    public const string DefinitionResource = "customresourcedefinitions.apiextensions.k8s.io";

    /// <summary>Fills in the names that a definition may leave out.</summary>
    public static void Complete(JsonObject definition)
    {
        if (definition.Child("spec")?.Child("names") is not { } names || names.Text("kind") is not { } kind)
            return;
        names["singular"] ??= kind.ToLowerInvariant();
        names["listKind"] ??= $"{kind}List";
    }

    /// <returns>Null when there are errors.</returns>
    public static ResourceKind? Read(JsonObject definition, ICollection<FieldError> errors)
    {
        var spec = definition.Child("spec") ?? [];
        var names = spec.Child("names") ?? [];
        var versions = spec.Children("versions").ToList();
        var (group, plural) = (spec.Text("group") ?? "", names.Text("plural") ?? "");
        if (definition.Metadata.Text("name") != $"{plural}.{group}")
        {
            errors.Add(
                FieldError.Invalid(
                    "metadata.name",
                    $"\"{definition.Metadata.Text("name")}\"",
                    "must be spec.names.plural+\".\"+spec.group"));
        }
        if (versions.Count != 1)
        {
            errors.Add(
                FieldError.Invalid(
                    "spec.versions",
                    $"{versions.Count} versions",
                    "this server serves exactly one version of a custom resource"));
            return null;
        }
        var version = versions[0];
        if (!version.Flag("served") || !version.Flag("storage"))
            errors.Add(FieldError.Invalid("spec.versions[0]", "false", "the one version must be served and stored"));
        var schema = ReadSchema(version, errors);
        if (errors.Count > 0)
            return null;
        var subresources = version.Child("subresources") ?? [];
        return new ResourceKind
        {
            Group = group,
            Version = version.Text("name")!,
            Kind = names.Text("kind")!,
            Plural = plural,
            Singular = names.Text("singular") ?? names.Text("kind")!.ToLowerInvariant(),
            ShortNames = Texts(names, "shortNames"),
            Categories = Texts(names, "categories"),
            IsNamespaced = spec.Text("scope") == "Namespaced",
            HasStatusSubresource = subresources.ContainsKey("status"),
            Scale = ReadScale(subresources),
            CountsGeneration = true,
            Schema = schema,
            Columns = ReadColumns(version),
        };
    }

    private static Schema ReadSchema(JsonObject version, ICollection<FieldError> errors)
    {
        const string path = "spec.versions[0].schema.openAPIV3Schema";
        if (version.Child("schema")?.Child("openAPIV3Schema") is not { } source)
        {
            errors.Add(FieldError.Required(path, "schemas are required"));
            return Schema.Anything;
        }
        var schema = SchemaReader.Read(source, path, errors);
        if (schema.Type != "object")
            errors.Add(FieldError.Invalid($"{path}.type", $"\"{schema.Type}\"", "must be object at the root"));
        return BuiltInKinds.WithObjectFields(schema);
    }

    private static ScalePaths? ReadScale(JsonObject subresources) =>
        subresources.Child("scale") is { } scale
            ? new ScalePaths(
                scale.Text("specReplicasPath")!,
                scale.Text("statusReplicasPath")!,
                scale.Text("labelSelectorPath"))
            : null;

    private static ImmutableArray<PrinterColumn> ReadColumns(JsonObject version) =>
        [
            .. version
                .Children("additionalPrinterColumns")
                .Select(column => new PrinterColumn(
                    column.Text("name")!,
                    column.Text("type")!,
                    column.Text("jsonPath")!,
                    (int)(column.Whole("priority") ?? 0),
                    column.Text("description") ?? "")),
        ];

    private static ImmutableArray<string> Texts(JsonObject source, string name) =>
        [.. (source[name] as JsonArray ?? []).Select(value => value.AsText).OfType<string>()];
}
