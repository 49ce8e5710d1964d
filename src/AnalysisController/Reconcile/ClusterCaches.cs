using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>The caches that a reconcile reads, and which Rollout an object in them concerns.</summary>
/// <param name="scopes">From how many watches each is filled: one, or one for each namespace.</param>
internal sealed class ClusterCaches(int scopes = 1)
{
    private const string RolloutKind = "Rollout";

    private const string ReplicaSetKind = "ReplicaSet";

    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ResourceCache<Rollout> Rollouts { get; } = new(scopes);

    public ResourceCache<ReplicaSet> ReplicaSets { get; } = new(scopes);

    public ResourceCache<Pod> Pods { get; } = new(scopes);

    public ResourceCache<AnalysisRun> AnalysisRuns { get; } = new(scopes, RolloutUidOf);

    public ResourceCache<CanaryPolicy> Policies { get; } = new(scopes);

    /// <summary>Completes when all of them have had their first list.</summary>
    public Task Synced => _synced.Task;

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

    /// <summary>Whoever fills the caches says so when he has.</summary>
    public void AnnounceSynced() => _synced.TrySetResult();

    private static string? RolloutUidOf(AnalysisRun run) =>
        (run.IsReport ? run.ReportedRollout : run.Metadata.Controller)?.Uid;

    private static ObjectKey? OwnerKey(IKubernetesObject subject, string kind) =>
        subject.Metadata.Controller is { } owner && owner.Kind == kind
            ? new ObjectKey(subject.Metadata.Namespace, owner.Name)
            : null;
}
