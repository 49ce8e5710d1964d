using System.Collections.Immutable;
using Rollouts.LocalCluster.ApiServer.Schemas;
using Rollouts.LocalCluster.ApiServer.Storage;

namespace Rollouts.LocalCluster.ApiServer.Resources;

/// <summary>One served resource: its names, what it can do, its schema.</summary>
internal sealed record ResourceKind
{
    /// <summary>Empty for the core group.</summary>
    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Kind { get; init; }

    public required string Plural { get; init; }

    public required string Singular { get; init; }

    public ImmutableArray<string> ShortNames { get; init; } = [];

    public ImmutableArray<string> Categories { get; init; } = [];

    public bool IsNamespaced { get; init; } = true;

    public bool HasStatusSubresource { get; init; }

    public ScalePaths? Scale { get; init; }

    /// <summary>Kinds of Kubernetes itself take strategic merge patches; custom resources do not.</summary>
    public bool IsBuiltIn { get; init; }

    /// <summary>
    /// Whether <c>metadata.generation</c> counts the changes of what is wanted; some built-in kinds have none.
    /// </summary>
    public bool CountsGeneration { get; init; }

    /// <summary>
    /// Said in a Warning header at every write to a kind that is stored, but that nothing here acts on; else null.
    /// </summary>
    public string? Warning { get; init; }

    public required Schema Schema { get; init; }

    public ImmutableArray<PrinterColumn> Columns { get; init; } = [];

    public string Resource => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public string ListKind => $"{Kind}List";

    public ObjectKey Key(string @namespace, string name) => new(Resource, IsNamespaced ? @namespace : "", name);
}
