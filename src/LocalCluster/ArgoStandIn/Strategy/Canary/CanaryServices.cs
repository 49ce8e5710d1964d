namespace Rollouts.LocalCluster.ArgoStandIn.Strategy.Canary;

/// <summary>
/// The Services that a canary may name, one for each version, with or without traffic routing: each follows its
/// ReplicaSet once that is available in full (rollout/service.go, v1.10).
/// </summary>
internal static class CanaryServices
{
    public static void Reconcile(RolloutPass pass)
    {
        Follow(pass, "stableService", pass.Stable);
        Follow(pass, "canaryService", pass.Latest);
    }

    private static void Follow(RolloutPass pass, string field, ReplicaSetView? set)
    {
        if (set is { Replicas: > 0 } && set.AvailableReplicas >= set.Replicas
            && ServiceSelector.Named(pass, field) is { } service && ServiceSelector.Hash(service) != set.Hash)
        {
            ServiceSelector.Switch(pass, service, set.Hash);
        }
    }
}
