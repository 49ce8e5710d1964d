using System.Collections.Immutable;
using System.Globalization;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Policy;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>A live AnalysisRun with the metric in it that is ours, and the pods of the arms that it compares.</summary>
internal sealed record JudgedRun(AnalysisRun Run, CompanionMetric Metric, ImmutableArray<ArmPod> Pods)
{
    public string Uid => Run.Metadata.Uid;
}

/// <summary>A pod of one of the two ReplicaSets.</summary>
internal readonly record struct ArmPod(Arm Arm, Pod Pod);

/// <summary>
/// One Rollout as the caches show it at one instant: everything that a round needs to know of the cluster.
/// </summary>
internal sealed record RolloutSnapshot
{
    public required Rollout Rollout { get; init; }

    public required ReplicaSetPair Pair { get; init; }

    /// <summary>
    /// Of the update: what the canary's ReplicaSet carries, for Argo writes it there before the Rollout shows the pair.
    /// </summary>
    public required string Revision { get; init; }

    /// <summary>When the canary's ReplicaSet was made; null when the cache does not show it.</summary>
    public DateTimeOffset? CanaryCreatedAt { get; init; }

    /// <summary>
    /// Whether the canary's ReplicaSet is seen, and is not behind the Rollout: each has a watch of its own, and they do
    /// not keep step. Until then revision and age of the update are those of another.
    /// </summary>
    public required bool IsCanaryShown { get; init; }

    /// <summary>The unfinished runs of this pair that are ours to judge, oldest first.</summary>
    public required ImmutableArray<JudgedRun> Runs { get; init; }

    /// <summary>The valid policies that select this Rollout, the one that judges it first.</summary>
    public required IReadOnlyList<PolicyTerms> Policies { get; init; }

    /// <summary>Whether a run of Argo's carries our verdict: then direct mode keeps its hands off.</summary>
    public bool IsJudgedByArgo => Runs.Any(run => run.Metric.Route != VerdictRoute.Direct);

    public int Step => Rollout.Status.CurrentStepIndex ?? 0;

    /// <summary>Null when the Rollout is gone, or has no update under way.</summary>
    public static RolloutSnapshot? Gather(ClusterCaches caches, ObjectKey key)
    {
        if (caches.Rollouts.Find(key) is not { } rollout || ReplicaSetPair.Of(rollout) is not { } pair)
        {
            return null;
        }

        var sets = caches.ReplicaSets.OwnedBy(rollout.Metadata.Uid);
        var canary = sets.FirstOrDefault(set => ArmOf(set, pair) == Arm.Canary);
        return new RolloutSnapshot
        {
            Rollout = rollout,
            Pair = pair,
            Revision = RevisionOf(canary) ?? RevisionOf(rollout) ?? "0",
            CanaryCreatedAt = canary?.Metadata.CreationTimestamp,
            IsCanaryShown = canary is not null && !(NumberOf(RevisionOf(canary)) < NumberOf(RevisionOf(rollout))),
            Runs = [.. LiveRuns(caches, rollout, pair, PodsOf(caches, sets, set => ArmOf(set, pair)))],
            Policies = PolicySelection.For(rollout, caches.Policies.In(key.Namespace)),
        };
    }

    private static Arm? ArmOf(ReplicaSet set, ReplicaSetPair pair) =>
        Hash(set) switch
        {
            var hash when hash == pair.StableHash => Arm.Stable,
            var hash when hash == pair.CanaryHash => Arm.Canary,
            _ => null,
        };

    /// <summary>
    /// By ReplicaSet ownership, not by hash: an Experiment's pods may carry the same hash as the Rollout's own.
    /// </summary>
    private static ImmutableArray<ArmPod> PodsOf(
        ClusterCaches caches,
        IReadOnlyList<ReplicaSet> sets,
        Func<ReplicaSet, Arm?> armOf
    ) =>
        [
            .. from set in sets
            let arm = armOf(set)
            where arm is not null
            from pod in caches.Pods.OwnedBy(set.Metadata.Uid)
            where pod.Metadata.DeletionTimestamp is null
            orderby pod.Metadata.Name
            select new ArmPod(arm.Value, pod),
        ];

    /// <summary>The Rollout's own runs, and those of its Experiments, each with the arms that it compares.</summary>
    private static IEnumerable<JudgedRun> LiveRuns(
        ClusterCaches caches,
        Rollout rollout,
        ReplicaSetPair pair,
        ImmutableArray<ArmPod> pods
    )
    {
        var owned =
            from run in caches.AnalysisRuns.OwnedBy(rollout.Metadata.Uid)
            where Hash(run) == pair.CanaryHash
            select (Run: run, Pods: pods);
        var experiments =
            from experiment in caches.Experiments.OwnedBy(rollout.Metadata.Uid)
            where Hash(experiment) == pair.CanaryHash
            let sets = caches.ReplicaSets.OwnedBy(experiment.Metadata.Uid)
            let copies = PodsOf(caches, sets, set => ExperimentArms.Of(set, rollout))
            from run in caches.AnalysisRuns.OwnedBy(experiment.Metadata.Uid)
            select (Run: run, Pods: copies);
        return from found in owned.Concat(experiments)
            where !found.Run.IsCompleted
            orderby found.Run.Metadata.CreationTimestamp, found.Run.Metadata.Name
            let metric = CompanionMetric.Find(found.Run)
            where metric is not null
            select new JudgedRun(found.Run, metric, found.Pods);
    }

    private static string? RevisionOf(IKubernetesObject? subject) =>
        subject?.Metadata.Annotations.GetValueOrDefault(ReportRun.RevisionAnnotation);

    /// <summary>Null for what is none; a comparison with it is false.</summary>
    private static long? NumberOf(string? revision) =>
        long.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Hash(IKubernetesObject subject) =>
        subject.Metadata.Labels.GetValueOrDefault(ResourceTypes.PodTemplateHashLabel);
}
