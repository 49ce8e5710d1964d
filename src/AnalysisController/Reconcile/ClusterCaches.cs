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

    private const string ExperimentKind = "Experiment";

    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ResourceCache<Rollout> Rollouts { get; } = new(scopes);

    public ResourceCache<ReplicaSet> ReplicaSets { get; } = new(scopes);

    public ResourceCache<Pod> Pods { get; } = new(scopes);

    public ResourceCache<AnalysisRun> AnalysisRuns { get; } = new(scopes, RolloutUidOf);

    public ResourceCache<Experiment> Experiments { get; } = new(scopes);

    public ResourceCache<CanaryPolicy> Policies { get; } = new(scopes);

    /// <summary>Completes when all of them have had their first list.</summary>
    public Task Synced => _synced.Task;

    public bool AreSynced =>
        Rollouts.IsSynced
        && ReplicaSets.IsSynced
        && Pods.IsSynced
        && AnalysisRuns.IsSynced
        && Experiments.IsSynced
        && Policies.IsSynced;

    /// <summary>
    /// The Rollout that an object belongs to; null when it belongs to none, or to one that the caches do not show yet.
    /// </summary>
    public ObjectKey? RolloutOf(IKubernetesObject subject) =>
        subject switch
        {
            Rollout => ObjectKey.Of(subject),
            Pod => OwnerKey(subject, ReplicaSetKind) is { } key && ReplicaSets.Find(key) is { } owner
                ? OwningRollout(owner)
                : null,
            CanaryPolicy => null,
            AnalysisRun { IsReport: true } run => run.ReportedRollout is { } reported
                ? new ObjectKey(run.Metadata.Namespace, reported.Name)
                : null,
            _ => OwningRollout(subject),
        };

    /// <summary>Its own controller, or the Rollout whose step made the Experiment that is.</summary>
    private ObjectKey? OwningRollout(IKubernetesObject subject) =>
        OwnerKey(subject, ExperimentKind) is { } key
            ? Experiments.Find(key) is { } experiment
                ? OwnerKey(experiment, RolloutKind)
                : null
            : OwnerKey(subject, RolloutKind);

    /// <summary>Whoever fills the caches says so when he has.</summary>
    public void AnnounceSynced() => _synced.TrySetResult();

    private static string? RolloutUidOf(AnalysisRun run) =>
        (run.IsReport ? run.ReportedRollout : run.Metadata.Controller)?.Uid;

    private static ObjectKey? OwnerKey(IKubernetesObject subject, string kind) =>
        subject.Metadata.Controller is { } owner && owner.Kind == kind
            ? new ObjectKey(subject.Metadata.Namespace, owner.Name)
            : null;
}
