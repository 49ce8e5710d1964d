namespace Rollouts.LocalCluster.ArgoStandIn.Strategy.Canary;

/// <summary>
/// A canary update, START HERE: in the order in which Argo works on it (rollout/canary.go, v1.10).
/// </summary>
internal static class CanaryUpdate
{
    public static void Reconcile(RolloutPass pass)
    {
        CanaryServices.Reconcile(pass);
        CanaryAnalysis.Reconcile(pass);
        CanaryExperiment.Reconcile(pass);
        CanaryScaling.Reconcile(pass);
        CanaryProgress.ReconcilePause(pass);
        CanaryProgress.Advance(pass);
    }
}
