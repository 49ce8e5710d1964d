using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>
/// Scales ReplicaSets, at once or when their deadline is over: what both strategies do (rollout/replicaset.go, v1.10).
/// </summary>
internal static class ReplicaSetScaling
{
    public const int DefaultDelaySeconds = 30;

    public static void Scale(RolloutPass pass, ReplicaSetView set, int count)
    {
        var before = set.Replicas;
        if (before == count && set.DesiredReplicas == pass.Replicas)
            return;
        var annotations = new JsonObject { [ArgoNames.DesiredReplicas] = $"{pass.Replicas}" };
        if (count == 0 && set.ScaleDownDeadline is not null)
            annotations[ArgoNames.ScaleDownDeadline] = null;
        set.Json.Child("spec")["replicas"] = count;
        foreach (var (name, value) in annotations)
            set.Json.Child("metadata").Child("annotations").SetText(name, value?.GetValue<string>());
        var isBeingCreated = pass.Writes.OfType<ClusterWrite.Create>()
            .Any(write => ReferenceEquals(write.Body, set.Json));
        if (!isBeingCreated)
        {
            pass.Write(new ClusterWrite.Patch(ArgoNames.ReplicaSets, set.Name, new JsonObject
            {
                ["spec"] = new JsonObject { ["replicas"] = count },
                ["metadata"] = new JsonObject { ["annotations"] = annotations },
            }));
        }
        if (before != count)
        {
            pass.Emit("ScalingReplicaSet", $"Scaled {(count > before ? "up" : "down")} ReplicaSet {set.Name} "
                + $"(revision {set.Revision}) from {before} to {count}");
        }
    }

    /// <summary>
    /// Whether the pods of an aborted update live on for a while: where traffic is taken from them by other means than
    /// their end. Seconds that are set to 0 leave them up for good.
    /// </summary>
    public static bool IsDelayedOnAbort(RolloutPass pass)
    {
        var explicitDelay = pass.Strategy.Int("abortScaleDownDelaySeconds");
        return pass.IsAborted && pass.HasSeparateStable
            && (pass.BlueGreen is not null || pass.HasTrafficRouting)
            && !(explicitDelay is null && pass.ScalesStableDynamically);
    }

    /// <summary>An aborted set goes when its deadline is over; it gets one once stable can bear all traffic.</summary>
    public static void ScaleDownAborted(RolloutPass pass, ReplicaSetView set)
    {
        var delay = pass.Strategy.Int("abortScaleDownDelaySeconds") ?? DefaultDelaySeconds;
        if (delay == 0 || set.Replicas == 0)
            return;
        if (set.ScaleDownDeadline is { } deadline)
            ScaleDownAt(pass, set, deadline);
        else if (pass.Stable!.AvailableReplicas == pass.Replicas)
            SetDeadline(pass, set, delay);
    }

    public static void ScaleDownAt(RolloutPass pass, ReplicaSetView set, DateTimeOffset deadline)
    {
        if (deadline <= pass.Now)
            Scale(pass, set, 0);
        else
            pass.LookAgainAt(deadline);
    }

    public static void SetDeadline(RolloutPass pass, ReplicaSetView set, int delaySeconds)
    {
        var deadline = pass.Now.AddSeconds(delaySeconds);
        Annotate(pass, set, ArgoNames.ScaleDownDeadline, deadline.ToWire());
        pass.LookAgainAt(deadline);
    }

    public static void KeepUp(RolloutPass pass, ReplicaSetView set)
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
}
