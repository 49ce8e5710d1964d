using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy.Canary;

/// <summary>Scales the ReplicaSets of a canary (rollout/canary.go and rollout/replicaset.go, v1.10).</summary>
internal static class CanaryScaling
{
    public static void Reconcile(RolloutPass pass)
    {
        var counts = CanaryCounts.Next(pass);
        if (pass.HasSeparateStable)
        {
            ReplicaSetScaling.KeepUp(pass, pass.Stable!);
            ReplicaSetScaling.Scale(pass, pass.Stable!, counts.Stable);
        }
        if (pass.Latest is { } canary)
            ScaleCanary(pass, canary, counts.Canary);
        ScaleDownOthers(pass);
    }

    private static void ScaleCanary(RolloutPass pass, ReplicaSetView canary, int count)
    {
        if (ReplicaSetScaling.IsDelayedOnAbort(pass))
        {
            ReplicaSetScaling.ScaleDownAborted(pass, canary);
            return;
        }
        ReplicaSetScaling.KeepUp(pass, canary);
        ReplicaSetScaling.Scale(pass, canary, count);
    }

    private static void ScaleDownOthers(RolloutPass pass)
    {
        var spare = pass.ReplicaSets.Sum(set => set.AvailableReplicas)
            - (pass.Replicas - CanaryCounts.MaxUnavailable(pass));
        foreach (var set in pass.Others.Where(set => set.Replicas > 0).OrderByDescending(set => set.Revision).ToList())
        {
            if (pass.HasTrafficRouting)
            {
                ScaleDownRouted(pass, set);
                continue;
            }
            // Pods that are not available go in any case; those that are, only as far as enough others remain.
            var available = Math.Min(set.Replicas, set.AvailableReplicas);
            var removed = Math.Clamp(spare, 0, available);
            spare -= removed;
            ReplicaSetScaling.Scale(pass, set, available - removed);
        }
    }

    /// <summary>The former stable stays for scaleDownDelaySeconds; one that never became stable goes at once.</summary>
    private static void ScaleDownRouted(RolloutPass pass, ReplicaSetView set)
    {
        var delay = pass.Canary.Int("scaleDownDelaySeconds") ?? ReplicaSetScaling.DefaultDelaySeconds;
        if (set.ScaleDownDeadline is { } deadline)
            ReplicaSetScaling.ScaleDownAt(pass, set, deadline);
        else if (!pass.IsFullyPromoted)
            ReplicaSetScaling.Scale(pass, set, 0);
        else
            ReplicaSetScaling.SetDeadline(pass, set, delay);
    }
}
