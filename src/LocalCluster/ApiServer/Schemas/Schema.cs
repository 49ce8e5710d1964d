using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Rollouts.LocalCluster.ApiServer.Schemas;

/// <summary>
/// A structural schema: the part of OpenAPI v3 that Kubernetes allows in CRDs (kubernetes/apiextensions-apiserver
/// pkg/apiserver/schema/structural.go). Built-in kinds are described by the same type.
/// </summary>
internal sealed record Schema
{
    public static readonly Schema Anything = new() { PreservesUnknownFields = true };

    /// <summary>Null for anything: int-or-string, or a value whose shape is not described.</summary>
    public string? Type { get; init; }

    /// <summary>The built-in type's name, for OpenAPI; null within CRDs.</summary>
    public string? Name { get; init; }

    public string? Description { get; init; }

    public string? Format { get; init; }

    public ImmutableSortedDictionary<string, Schema> Properties { get; init; } =
        ImmutableSortedDictionary.Create<string, Schema>(StringComparer.Ordinal);

    /// <summary>The schema of a map's values; null when the object is not a map.</summary>
    public Schema? Values { get; init; }

    public Schema? Items { get; init; }

    public ImmutableArray<string> Required { get; init; } = [];

    public ImmutableArray<JsonNode> Enum { get; init; } = [];

    public JsonNode? Default { get; init; }

    public double? Minimum { get; init; }

    public double? Maximum { get; init; }

    public bool ExclusiveMinimum { get; init; }

    public bool ExclusiveMaximum { get; init; }

    public int? MinLength { get; init; }

    public int? MaxLength { get; init; }

    public int? MinItems { get; init; }

    public int? MaxItems { get; init; }

    public int? MinProperties { get; init; }

    public int? MaxProperties { get; init; }

    public Regex? Pattern { get; init; }

    public bool Nullable { get; init; }

    public bool PreservesUnknownFields { get; init; }

    public bool IsIntOrString { get; init; }

    /// <summary><c>x-kubernetes-list-map-keys</c>; for built-in kinds also the strategic patch's merge key.</summary>
    public ImmutableArray<string> ListMapKeys { get; init; } = [];

    /// <summary>
    /// <c>x-kubernetes-list-type: set</c>; for built-in kinds also merged, not replaced, by a strategic patch.
    /// </summary>
    public bool IsSet { get; init; }

    public Schema? Field(string name) => Properties.GetValueOrDefault(name) ?? Values;
}
