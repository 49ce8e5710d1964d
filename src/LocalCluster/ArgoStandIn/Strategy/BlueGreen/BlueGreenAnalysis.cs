using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy.BlueGreen;

/// <summary>Which runs stand before and after the change of traffic (rollout/analysis.go, v1.10).</summary>
internal static class BlueGreenAnalysis
{
    public static void Reconcile(RolloutPass pass, CurrentRuns runs, bool isFastRollback)
    {
        if (pass.IsAborted || pass.IsPromotingFully || isFastRollback || pass.StableHash.Length == 0)
        {
            runs.CancelAll(pass.IsAborted);
            return;
        }
        var (pre, post) = (RunSlot.PrePromotion, RunSlot.PostPromotion);
        Follow(pass, runs, pre, RunKind.PrePromotion, "prePromotionAnalysis", IsBeforePromotion(pass));
        Follow(pass, runs, post, RunKind.PostPromotion, "postPromotionAnalysis", IsAfterPromotion(pass));
        runs.Settle();
    }

    /// <summary>All traffic is on the latest set, and it is not stable yet.</summary>
    public static bool IsAfterPromotion(RolloutPass pass) =>
        !pass.IsFullyPromoted && ActiveHash(pass) == pass.LatestHash;

    private static bool IsBeforePromotion(RolloutPass pass) =>
        !pass.IsFullyPromoted && ActiveHash(pass) is { Length: > 0 } active && active != pass.LatestHash;

    /// <summary>As the status has it: a change of this very pass counts from the next one on.</summary>
    private static string ActiveHash(RolloutPass pass) => pass.Status.Text("blueGreen", "activeSelector") ?? "";

    private static void Follow(
        RolloutPass pass, CurrentRuns runs, RunSlot slot, RunKind kind, string field, bool isItsTime)
    {
        if (pass.BlueGreen.Object(field) is not { } analysis)
            return;
        var current = runs.Find(slot);
        if (!isItsTime)
            runs.Cancel(current);
        else if (IsComplete(pass, slot) && !IsWaiting(pass) && runs.NeedsNew(current))
            current = runs.Create(analysis, kind);
        runs.React(slot, current);
        runs.Hold(slot, current);
    }

    private static bool IsWaiting(RolloutPass pass) =>
        pass.Pauses.Find(PauseChanges.InconclusiveAnalysisRun) is not null;

    /// <summary>
    /// A run starts when every pod is there, and goes on when one is lost: up to v1.9 that ended it, as Successful
    /// (argoproj/argo-rollouts#3724).
    /// </summary>
    private static bool IsComplete(RolloutPass pass, RunSlot slot)
    {
        var latest = pass.Latest!;
        return slot == RunSlot.PrePromotion && pass.BlueGreen.Int("previewReplicaCount") is { } count
            ? latest.Replicas == count && latest.AvailableReplicas == count
            : BlueGreenScaling.IsSaturated(pass, latest);
    }
}
