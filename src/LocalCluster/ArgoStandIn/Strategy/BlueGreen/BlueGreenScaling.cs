using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Runs;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy.BlueGreen;

/// <summary>Scales the sets of a blue-green Rollout (rollout/bluegreen.go, v1.10).</summary>
internal static class BlueGreenScaling
{
    public static void Reconcile(RolloutPass pass, BlueGreenServices services, CurrentRuns runs, bool isPastPreview)
    {
        var latest = pass.Latest!;
        var isDelayed = ReplicaSetScaling.IsDelayedOnAbort(pass);
        if (!isDelayed)
            ReplicaSetScaling.KeepUp(pass, latest);
        if (pass.HasSeparateStable)
            ReplicaSetScaling.KeepUp(pass, pass.Stable!);
        var active = pass.ReplicaSets.FirstOrDefault(set => set.Hash == services.ActiveHash);
        if (active is not null)
            ReplicaSetScaling.Scale(pass, active, pass.Replicas);
        if (isDelayed)
            ReplicaSetScaling.ScaleDownAborted(pass, latest);
        else
            ReplicaSetScaling.Scale(pass, latest, Wanted(pass, latest, isPastPreview));
        if (!IsOldKept(pass, runs))
            ScaleDownOthers(pass, services);
    }

    /// <summary>Whether the latest set has come to the count that is asked for now.</summary>
    public static bool IsReady(RolloutPass pass, ReplicaSetView latest, bool isPastPreview)
    {
        var wanted = Wanted(pass, latest, isPastPreview);
        return latest.Replicas == wanted && latest.AvailableReplicas == wanted;
    }

    /// <summary>Whether the latest set can bear all traffic.</summary>
    public static bool IsSaturated(RolloutPass pass, ReplicaSetView latest) =>
        latest.Replicas == pass.Replicas && latest.DesiredReplicas == pass.Replicas
        && latest.AvailableReplicas == pass.Replicas;

    private static int Wanted(RolloutPass pass, ReplicaSetView latest, bool isPastPreview)
    {
        var active = pass.Status.Text("blueGreen", "activeSelector") ?? "";
        var isPreview = pass.ReplicaSets.Any(set => set.Hash == active) && latest.Hash != active && !isPastPreview;
        return isPreview && pass.BlueGreen.Int("previewReplicaCount") is { } count ? count : pass.Replicas;
    }

    /// <summary>
    /// Nothing old goes while a person is to decide, nor before the new one is proven where that is asked.
    /// </summary>
    private static bool IsOldKept(RolloutPass pass, CurrentRuns runs)
    {
        if (pass.Pauses.Find(PauseChanges.InconclusiveAnalysisRun) is not null)
            return true;
        return pass.BlueGreen.Object("postPromotionAnalysis") is not null
            && pass.BlueGreen.Int("scaleDownDelaySeconds") is null
            && BlueGreenAnalysis.IsAfterPromotion(pass)
            && runs.Find(RunSlot.PostPromotion).Text("status", "phase") != AnalysisPhase.Successful;
    }

    private static void ScaleDownOthers(RolloutPass pass, BlueGreenServices services)
    {
        var delay = pass.BlueGreen.Int("scaleDownDelaySeconds") ?? ReplicaSetScaling.DefaultDelaySeconds;
        var limit = pass.BlueGreen.Int("scaleDownDelayRevisionLimit") ?? int.MaxValue;
        var delayed = 0;
        foreach (var set in pass.Others.OrderByDescending(set => set.Revision).ToList())
        {
            var isReferred = set.Hash == services.ActiveHash || set.Hash == services.PreviewHash;
            if (set.Replicas == 0 || isReferred)
                continue;
            if (++delayed > limit || delay == 0)
                ReplicaSetScaling.Scale(pass, set, 0);
            else if (set.ScaleDownDeadline is { } deadline)
                ReplicaSetScaling.ScaleDownAt(pass, set, deadline);
            else
                ReplicaSetScaling.SetDeadline(pass, set, delay);
        }
    }
}
