using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>The caches that a reconcile reads, and which Rollout an object in them concerns.</summary>
internal sealed class ClusterCaches
{
    private const string RolloutKind = "Rollout";

    private const string ReplicaSetKind = "ReplicaSet";

    public ResourceCache<Rollout> Rollouts { get; } = new();

    public ResourceCache<ReplicaSet> ReplicaSets { get; } = new();

    public ResourceCache<Pod> Pods { get; } = new();

    public ResourceCache<AnalysisRun> AnalysisRuns { get; } = new();

    public ResourceCache<CanaryPolicy> Policies { get; } = new();

    public bool AreSynced =>
        Rollouts.IsSynced && ReplicaSets.IsSynced && Pods.IsSynced && AnalysisRuns.IsSynced && Policies.IsSynced;

    /// <summary>
    /// The Rollout that an object belongs to; null when it belongs to none, or to one that the caches do not show yet.
    /// </summary>
    public ObjectKey? RolloutOf(IKubernetesObject subject) =>
        subject switch
        {
            Rollout => ObjectKey.Of(subject),
            Pod => OwnerKey(subject, ReplicaSetKind) is { } key && ReplicaSets.Find(key) is { } owner
                ? OwnerKey(owner, RolloutKind)
                : null,
            CanaryPolicy => null,
            AnalysisRun { IsReport: true } run => run.ReportedRollout is { } reported
                ? new ObjectKey(run.Metadata.Namespace, reported.Name)
                : null,
            _ => OwnerKey(subject, RolloutKind),
        };

    private static ObjectKey? OwnerKey(IKubernetesObject subject, string kind) =>
        subject.Metadata.Controller is { } owner && owner.Kind == kind
            ? new ObjectKey(subject.Metadata.Namespace, owner.Name)
            : null;
}
