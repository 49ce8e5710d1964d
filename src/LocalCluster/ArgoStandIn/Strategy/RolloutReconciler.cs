using System.Globalization;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Strategy.BlueGreen;
using Rollouts.LocalCluster.ArgoStandIn.Strategy.Canary;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>
/// One reconcile of a Rollout, as a pure function: from all that is, to the writes that bring it one step further.
/// Repeated until nothing is written, it converges; every write causes the next reconcile.
/// </summary>
internal static class RolloutReconciler
{
    public static RolloutPlan Reconcile(RolloutState state)
    {
        var resolved = WorkloadReference.Resolve(state);
        var known = state with
        {
            Rollout = resolved.Value ?? state.Rollout,
            Workload = resolved.Problem is null ? state.Workload : null,
        };
        var pass = new RolloutPass(known);
        if (RolloutValidation.Problem(known, resolved.Problem) is { } problem)
            RolloutConditions.WriteInvalid(pass, problem);
        else
            ReconcileStrategy(pass);
        WriteStatus(pass);
        return new RolloutPlan([.. pass.Writes], pass.NextAt);
    }

    /// <summary>What every strategy begins and ends with (rollout/{canary,bluegreen}.go, v1.10).</summary>
    private static void ReconcileStrategy(RolloutPass pass)
    {
        if (RolloutRevision.HasTemplateOrStepsChanged(pass))
            RolloutRevision.Reset(pass);
        else
            ReconcileUpdate(pass);
        if (pass.BlueGreen is null)
            CanaryWeights.Reconcile(pass, pass.Next.Text("stableRS") ?? "");
        pass.Next["currentPodHash"] = pass.LatestHash;
        pass.Next["currentStepHash"] = RolloutRevision.StepHash(pass);
        RolloutCounts.Write(pass);
        RolloutProgress.Write(pass);
        pass.Pauses.Apply(pass.Next, pass.Now);
        RolloutConditions.Write(pass);
    }

    private static void ReconcileUpdate(RolloutPass pass)
    {
        // Argo takes an abort away that stands on a finished update, or against a full promotion.
        if (pass.IsPromotingFully || (pass.Status.Flag("abort") && pass.IsFullyPromoted))
            pass.Pauses.RemoveAbort();
        if (pass.IsPromotingFully)
            pass.Pauses.Clear();
        RolloutRevision.Sync(pass, mayCreate: !pass.IsPausedBySpec);
        RolloutRevision.DeleteOld(pass);
        if (pass.BlueGreen is null)
            CanaryUpdate.Reconcile(pass);
        else
            BlueGreenUpdate.Reconcile(pass);
    }

    private static void WriteStatus(RolloutPass pass)
    {
        pass.Next["observedGeneration"] =
            (pass.Rollout.Int("metadata", "generation") ?? 0).ToString(CultureInfo.InvariantCulture);
        var (phase, message) = RolloutPhase.Of(pass);
        pass.Next["phase"] = phase;
        WorkloadReference.Observe(pass);
        WorkloadReference.ScaleDown(pass, phase);
        pass.Next.SetText("message", message);
        foreach (var strategy in (string[])["canary", "blueGreen"])
        {
            if (pass.Next.Object(strategy) is { Count: 0 })
                pass.Next.Remove(strategy);
        }
        if (MergePatch.Between(pass.Status, pass.Next) is { } patch)
        {
            pass.Write(new ClusterWrite.Patch(ArgoNames.Rollouts, pass.Name,
                new JsonObject { ["status"] = patch }, "status"));
        }
    }
}
