namespace Rollouts.AnalysisController.Kubernetes.Objects;

/// <summary>What every watched resource has.</summary>
internal interface IKubernetesObject
{
    ObjectMeta Metadata { get; }
}

internal sealed record ObjectMeta
{
    public string Name { get; init => field = value ?? ""; } = "";

    public string Namespace { get; init => field = value ?? ""; } = "";

    public string Uid { get; init => field = value ?? ""; } = "";

    public string ResourceVersion { get; init => field = value ?? ""; } = "";

    public long Generation { get; init; }

    public DateTimeOffset? CreationTimestamp { get; init; }

    public DateTimeOffset? DeletionTimestamp { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init => field = value ?? Empty; } = Empty;

    public IReadOnlyDictionary<string, string> Annotations { get; init => field = value ?? Empty; } = Empty;

    public IReadOnlyList<OwnerReference> OwnerReferences { get; init => field = value ?? []; } = [];

    /// <summary>The owner that manages this object; null when nobody does.</summary>
    public OwnerReference? Controller => OwnerReferences.FirstOrDefault(owner => owner.Controller);

    internal static IReadOnlyDictionary<string, string> Empty { get; } = new Dictionary<string, string>();
}

internal sealed record OwnerReference
{
    public string Kind { get; init => field = value ?? ""; } = "";

    public string Name { get; init => field = value ?? ""; } = "";

    public string Uid { get; init => field = value ?? ""; } = "";

    public bool Controller { get; init; }
}

/// <summary>Namespace and name: what a reconcile is told, and nothing else.</summary>
internal readonly record struct ObjectKey(string Namespace, string Name)
{
    public static ObjectKey Of(IKubernetesObject subject) => new(subject.Metadata.Namespace, subject.Metadata.Name);

    public override string ToString() => $"{Namespace}/{Name}";
}
