using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>Scales the ReplicaSets of a canary (rollout/canary.go and rollout/replicaset.go, v1.10).</summary>
internal static class CanaryScaling
{
    private const int DefaultScaleDownDelaySeconds = 30;

    public static void Reconcile(RolloutPass pass)
    {
        var counts = CanaryCounts.Next(pass);
        if (pass.HasSeparateStable)
        {
            KeepUp(pass, pass.Stable!);
            Scale(pass, pass.Stable!, counts.Stable);
        }
        if (pass.Latest is { } canary)
            ScaleCanary(pass, canary, counts.Canary);
        ScaleDownOthers(pass);
    }

    private static void ScaleCanary(RolloutPass pass, ReplicaSetView canary, int count)
    {
        // With traffic routing an aborted canary gets no traffic at once, and its pods live on for a while.
        var isDelayed = pass.IsAborted && pass.HasTrafficRouting && pass.HasSeparateStable;
        if (!isDelayed)
        {
            KeepUp(pass, canary);
            Scale(pass, canary, count);
            return;
        }
        // abortScaleDownDelaySeconds: 0 leaves the canary up.
        var delay = pass.Canary.Int("abortScaleDownDelaySeconds") ?? DefaultScaleDownDelaySeconds;
        if (delay == 0 || canary.Replicas == 0)
            return;
        if (canary.ScaleDownDeadline is { } deadline)
            ScaleDownAt(pass, canary, deadline);
        else if (pass.Stable!.AvailableReplicas == pass.Replicas)
            SetDeadline(pass, canary, delay);
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
            Scale(pass, set, available - removed);
        }
    }

    /// <summary>The former stable stays for scaleDownDelaySeconds; one that never became stable goes at once.</summary>
    private static void ScaleDownRouted(RolloutPass pass, ReplicaSetView set)
    {
        if (set.ScaleDownDeadline is { } deadline)
            ScaleDownAt(pass, set, deadline);
        else if (!pass.IsFullyPromoted)
            Scale(pass, set, 0);
        else
            SetDeadline(pass, set, pass.Canary.Int("scaleDownDelaySeconds") ?? DefaultScaleDownDelaySeconds);
    }

    private static void ScaleDownAt(RolloutPass pass, ReplicaSetView set, DateTimeOffset deadline)
    {
        if (deadline <= pass.Now)
            Scale(pass, set, 0);
        else
            pass.LookAgainAt(deadline);
    }

    private static void SetDeadline(RolloutPass pass, ReplicaSetView set, int delaySeconds)
    {
        var deadline = pass.Now.AddSeconds(delaySeconds);
        Annotate(pass, set, ArgoNames.ScaleDownDeadline, deadline.ToWire());
        pass.LookAgainAt(deadline);
    }

    private static void KeepUp(RolloutPass pass, ReplicaSetView set)
    {
        if (set.ScaleDownDeadline is not null)
            Annotate(pass, set, ArgoNames.ScaleDownDeadline, null);
    }

    private static void Annotate(RolloutPass pass, ReplicaSetView set, string annotation, string? value)
    {
        set.Json.Child("metadata").Child("annotations").SetText(annotation, value);
        pass.Write(new ClusterWrite.Patch(ArgoNames.ReplicaSets, set.Name, new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [annotation] = value } },
        }));
    }

    private static void Scale(RolloutPass pass, ReplicaSetView set, int count)
    {
        var before = set.Replicas;
        if (before == count && set.DesiredReplicas == pass.Replicas)
            return;
        set.Json.Child("spec")["replicas"] = count;
        set.Json.Child("metadata").Child("annotations")[ArgoNames.DesiredReplicas] = $"{pass.Replicas}";
        var isBeingCreated = pass.Writes.OfType<ClusterWrite.Create>()
            .Any(write => ReferenceEquals(write.Body, set.Json));
        if (!isBeingCreated)
        {
            pass.Write(new ClusterWrite.Patch(ArgoNames.ReplicaSets, set.Name, new JsonObject
            {
                ["spec"] = new JsonObject { ["replicas"] = count },
                ["metadata"] = new JsonObject
                {
                    ["annotations"] = new JsonObject { [ArgoNames.DesiredReplicas] = $"{pass.Replicas}" },
                },
            }));
        }
        if (before != count)
        {
            pass.Emit("ScalingReplicaSet", $"Scaled {(count > before ? "up" : "down")} ReplicaSet {set.Name} "
                + $"(revision {set.Revision}) from {before} to {count}");
        }
    }
}
