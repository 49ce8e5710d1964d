using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>
/// One reconcile of a Rollout, as a pure function: from all that is, to the writes that bring it one step further.
/// Repeated until nothing is written, it converges; every write causes the next reconcile.
/// </summary>
internal static class RolloutReconciler
{
    public static RolloutPlan Reconcile(RolloutState state)
    {
        var pass = new RolloutPass(state);
        if (RolloutValidation.Problem(state) is { } problem)
            RolloutConditions.WriteInvalid(pass, problem);
        else
            ReconcileStrategy(pass);
        WriteStatus(pass);
        return new RolloutPlan([.. pass.Writes], pass.NextAt);
    }

    /// <summary>The place for further strategies: validation lets no others through.</summary>
    private static void ReconcileStrategy(RolloutPass pass)
    {
        if (pass.Rollout.Object("spec", "strategy", "canary") is null)
            throw new UnreachableException($"Rollout {pass.Name} has no strategy that is played");
        ReconcileCanary(pass);
        WriteCounts(pass);
        RolloutConditions.Write(pass);
    }

    /// <summary>Read me first: the order in which a canary is worked on (rollout/canary.go, v1.10).</summary>
    private static void ReconcileCanary(RolloutPass pass)
    {
        if (RolloutRevision.HasTemplateOrStepsChanged(pass))
        {
            RolloutRevision.Reset(pass);
        }
        else
        {
            // Argo takes an abort away that stands on a finished update, or against a full promotion.
            if (pass.IsPromotingFully || (pass.Status.Flag("abort") && pass.IsFullyPromoted))
                pass.Pauses.RemoveAbort();
            if (pass.IsPromotingFully)
                pass.Pauses.Clear();
            RolloutRevision.Sync(pass, mayCreate: !pass.IsPausedBySpec);
            RolloutRevision.DeleteOld(pass);
            CanaryAnalysis.Reconcile(pass);
            CanaryScaling.Reconcile(pass);
            CanaryProgress.ReconcilePause(pass);
            CanaryProgress.Advance(pass);
        }
        CanaryWeights.Reconcile(pass, pass.Next.Text("stableRS") ?? "");
        pass.Next["currentPodHash"] = pass.LatestHash;
        pass.Next["currentStepHash"] = RolloutRevision.StepHash(pass);
        pass.Pauses.Apply(pass.Next, pass.Now);
    }

    private static void WriteCounts(RolloutPass pass)
    {
        var next = pass.Next;
        next["replicas"] = pass.ReplicaSets.Sum(set => set.CurrentReplicas);
        next["updatedReplicas"] = pass.Latest?.CurrentReplicas ?? 0;
        next["readyReplicas"] = pass.ReplicaSets.Sum(set => set.ReadyReplicas);
        next["availableReplicas"] = pass.ReplicaSets.Sum(set => set.AvailableReplicas);
        next["HPAReplicas"] = next.Int("replicas");
        next["selector"] = string.Join(',', pass.Rollout.TextMap("spec", "selector", "matchLabels")
            .Select(label => $"{label.Key}={label.Value}"));
    }

    private static void WriteStatus(RolloutPass pass)
    {
        pass.Next["observedGeneration"] =
            (pass.Rollout.Int("metadata", "generation") ?? 0).ToString(CultureInfo.InvariantCulture);
        var (phase, message) = RolloutPhase.Of(pass);
        pass.Next["phase"] = phase;
        pass.Next.SetText("message", message);
        if (pass.Next.Object("canary") is { Count: 0 })
            pass.Next.Remove("canary");
        if (MergePatch.Between(pass.Status, pass.Next) is { } patch)
        {
            pass.Write(new ClusterWrite.Patch(ArgoNames.Rollouts, pass.Name,
                new JsonObject { ["status"] = patch }, "status"));
        }
    }
}
