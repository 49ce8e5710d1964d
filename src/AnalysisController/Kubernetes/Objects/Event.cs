namespace Rollouts.AnalysisController.Kubernetes.Objects;

/// <summary>The fields of <c>v1 Event</c> that come back to us.</summary>
internal sealed record Event : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    public int? Count { get; init; }
}

/// <summary>What an event is about (<c>v1 ObjectReference</c>).</summary>
internal sealed record ObjectReference(string ApiVersion, string Kind, string Namespace, string Name, string Uid)
{
    /// <summary>Changes with every write: it is no part of what the event is about.</summary>
    public string ResourceVersion { get; init; } = "";

    public static ObjectReference Of(Rollout rollout) => Of("argoproj.io/v1alpha1", "Rollout", rollout);

    public static ObjectReference Of(CanaryPolicy policy) =>
        Of("rollouts-companion.io/v1alpha1", "CanaryPolicy", policy);

    private static ObjectReference Of(string apiVersion, string kind, IKubernetesObject subject) =>
        new(apiVersion, kind, subject.Metadata.Namespace, subject.Metadata.Name, subject.Metadata.Uid)
        {
            ResourceVersion = subject.Metadata.ResourceVersion,
        };
}
