using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Argo;

/// <summary>What evidence belongs to: one Rollout, one stable and one canary pod template hash.</summary>
internal readonly record struct ReplicaSetPair(string RolloutUid, string StableHash, string CanaryHash)
{
    /// <summary>
    /// Null when no update is under way: before the first version is stable, or when both hashes are equal.
    /// </summary>
    public static ReplicaSetPair? Of(Rollout rollout) =>
        rollout.Status is { StableRS: { Length: > 0 } stable, CurrentPodHash: { Length: > 0 } canary }
        && stable != canary
            ? new ReplicaSetPair(rollout.Metadata.Uid, stable, canary)
            : null;

    /// <summary>As it is written into an annotation of every run that we judge.</summary>
    public override string ToString() => $"{RolloutUid}/{StableHash}/{CanaryHash}";
}
