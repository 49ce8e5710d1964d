namespace Rollouts.LocalCluster.ArgoStandIn;

/// <summary>Which Argo is played, where a later release treats a run's measurement in flight differently.</summary>
internal enum ArgoRelease
{
    /// <summary>
    /// v1.10: a run that ends takes up a measurement in flight at once, whatever its resumeAt.
    /// </summary>
    Current,

    /// <summary>
    /// v1.3 to v1.9.1: a run that ends leaves a measurement in flight that is to be resumed later, for the test of
    /// resumeAt does not ask whether the run is terminating (analysis/analysis.go).
    /// </summary>
    UpTo1_9,
}
