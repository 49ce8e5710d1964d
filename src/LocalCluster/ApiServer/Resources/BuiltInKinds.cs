using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Schemas;

namespace Rollouts.LocalCluster.ApiServer.Resources;

/// <summary>Reads <c>built-in-kinds.yaml</c>, which is compiled into the program.</summary>
internal sealed class BuiltInKinds
{
    private readonly JsonObject _types;
    private readonly Dictionary<string, Schema> _schemas = new(StringComparer.Ordinal);

    private BuiltInKinds(JsonObject types) => _types = types;

    public static Schema ObjectMeta { get; } = new BuiltInKinds(Document().Child("types")!).Named("ObjectMeta");

    public static IReadOnlyList<ResourceKind> Read()
    {
        var document = Document();
        var reader = new BuiltInKinds(document.Child("types")!);
        return [.. document.Children("kinds").Select(reader.ReadKind)];
    }

    /// <summary>Every object has apiVersion, kind and metadata, whatever its schema says of them.</summary>
    public static Schema WithObjectFields(Schema schema) =>
        schema with
        {
            Properties = schema
                .Properties.SetItem("apiVersion", new Schema { Type = "string" })
                .SetItem("kind", new Schema { Type = "string" })
                .SetItem("metadata", ObjectMeta),
        };

    private static JsonObject Document()
    {
        using var stream = typeof(BuiltInKinds).Assembly.GetManifestResourceStream("built-in-kinds.yaml")!;
        using var text = new StreamReader(stream);
        return YamlReader.ReadDocuments(text.ReadToEnd())[0]!.AsObject();
    }

    private ResourceKind ReadKind(JsonObject entry)
    {
        var kind = entry.Text("kind")!;
        return new ResourceKind
        {
            Group = entry.Text("group") ?? "",
            Version = entry.Text("version")!,
            Kind = kind,
            Plural = entry.Text("plural")!,
            Singular = kind.ToLowerInvariant(),
            ShortNames = Texts(entry, "short"),
            Categories = Texts(entry, "categories"),
            IsNamespaced = entry["namespaced"] is null || entry.Flag("namespaced"),
            HasStatusSubresource = entry.Flag("status"),
            Scale = entry.Flag("scale") ? new ScalePaths(".spec.replicas", ".status.replicas", null) : null,
            IsBuiltIn = true,
            CountsGeneration = entry.Flag("generation"),
            Warning = entry.Flag("stored") ? $"{kind} is stored, but nothing in the local cluster acts on it" : null,
            Schema = WithObjectFields(Named(kind)),
        };
    }

    private Schema Named(string name)
    {
        if (_schemas.TryGetValue(name, out var known))
            return known;
        var fields = _types.Child(name) ?? throw new FormatException($"built-in-kinds.yaml has no type {name}");
        var properties = ImmutableSortedDictionary.CreateBuilder<string, Schema>(StringComparer.Ordinal);
        var required = ImmutableArray.CreateBuilder<string>();
        foreach (var (field, expression) in fields)
        {
            var type = TypeExpression.Parse(expression.AsText!, Named);
            properties[field] = type.Schema;
            if (type.IsRequired)
                required.Add(field);
        }
        return _schemas[name] = new Schema
        {
            Type = "object",
            Name = name,
            Properties = properties.ToImmutable(),
            Required = required.ToImmutable(),
        };
    }

    private static ImmutableArray<string> Texts(JsonObject entry, string name) =>
        [.. (entry[name] as JsonArray ?? []).Select(value => value.AsText!)];
}
