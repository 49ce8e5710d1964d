using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>How what we found reaches the cluster: one for each <see cref="Argo.VerdictRoute"/>.</summary>
internal interface IDelivery
{
    /// <summary>Whether the run, as it was just read, may still be written.</summary>
    bool Accepts(AnalysisRun run, string metric);

    /// <summary>
    /// Writes it. May be called again at any point with the same finding: what was done already is not done twice.
    /// </summary>
    /// <returns>The run as it is now; null when it was left for another time.</returns>
    Task<AnalysisRun?> WriteAsync(Finding finding, CancellationToken cancellation);
}
