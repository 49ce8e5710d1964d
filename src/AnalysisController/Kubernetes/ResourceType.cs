using System.Text.Json.Serialization.Metadata;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>Where a resource lives in the API, and how it is decoded.</summary>
/// <param name="Selector">Label selector that bounds what is listed and watched; null takes all.</param>
internal sealed record ResourceType<T>(
    string Api,
    string Plural,
    JsonTypeInfo<T> Json,
    JsonTypeInfo<ObjectList<T>> ListJson,
    string? Selector = null
)
    where T : IKubernetesObject
{
    /// <param name="namespace">Null for all namespaces.</param>
    public string CollectionPath(string? @namespace) =>
        @namespace is null ? $"{Api}/{Plural}" : $"{Api}/namespaces/{Uri.EscapeDataString(@namespace)}/{Plural}";

    public string ObjectPath(ObjectKey key) => $"{CollectionPath(key.Namespace)}/{Uri.EscapeDataString(key.Name)}";
}

/// <summary>The resources that we watch, and those that we only write.</summary>
internal static class ResourceTypes
{
    /// <summary>
    /// The label that Argo puts on every ReplicaSet, pod and AnalysisRun of a Rollout (types.go
    /// DefaultRolloutUniqueLabelKey).
    /// </summary>
    public const string PodTemplateHashLabel = "rollouts-pod-template-hash";

    /// <summary>
    /// The label by which several Argo controllers share a cluster (types.go LabelKeyControllerInstanceID).
    /// </summary>
    public const string InstanceIdLabel = "argo-rollouts.argoproj.io/controller-instance-id";

    private const string Argo = "apis/argoproj.io/v1alpha1";

    public static ResourceType<Rollout> Rollouts { get; } =
        new(Argo, "rollouts", KubernetesJson.Default.Rollout, KubernetesJson.Default.ObjectListRollout);

    /// <summary>The Rollouts of one Argo controller: with its instance id, or without any.</summary>
    public static ResourceType<Rollout> RolloutsOf(string? instanceId) =>
        Rollouts with
        {
            Selector = instanceId is null ? $"!{InstanceIdLabel}" : $"{InstanceIdLabel}={instanceId}",
        };

    public static ResourceType<AnalysisRun> AnalysisRuns { get; } =
        new(Argo, "analysisruns", KubernetesJson.Default.AnalysisRun, KubernetesJson.Default.ObjectListAnalysisRun);

    public static ResourceType<Experiment> Experiments { get; } =
        new(Argo, "experiments", KubernetesJson.Default.Experiment, KubernetesJson.Default.ObjectListExperiment);

    /// <summary>Ours; a cluster without its CRD has none, and no direct mode.</summary>
    public static ResourceType<CanaryPolicy> CanaryPolicies { get; } =
        new(
            "apis/rollouts-companion.io/v1alpha1",
            "canarypolicies",
            KubernetesJson.Default.CanaryPolicy,
            KubernetesJson.Default.ObjectListCanaryPolicy
        );

    public static ResourceType<ReplicaSet> ReplicaSets { get; } =
        new(
            "apis/apps/v1",
            "replicasets",
            KubernetesJson.Default.ReplicaSet,
            KubernetesJson.Default.ObjectListReplicaSet,
            PodTemplateHashLabel
        );

    public static ResourceType<Pod> Pods { get; } =
        new("api/v1", "pods", KubernetesJson.Default.Pod, KubernetesJson.Default.ObjectListPod, PodTemplateHashLabel);

    public static ResourceType<Lease> Leases { get; } =
        new(
            "apis/coordination.k8s.io/v1",
            "leases",
            KubernetesJson.Default.Lease,
            KubernetesJson.Default.ObjectListLease
        );

    public static ResourceType<Event> Events { get; } =
        new("api/v1", "events", KubernetesJson.Default.Event, KubernetesJson.Default.ObjectListEvent);
}
