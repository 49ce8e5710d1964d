using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>Annotations alone: Argo asks for the verdict itself, and nobody else writes the run's status.</summary>
internal sealed class PullDelivery(KubernetesClient client) : IDelivery
{
    public bool Accepts(AnalysisRun run, string metric) => run.AcceptsWrites(metric);

    public Task<AnalysisRun> WriteAsync(Finding finding, CancellationToken cancellation) =>
        client.PatchAsync(
            ResourceTypes.AnalysisRuns,
            finding.Key,
            AnalysisRunPatch.Note(finding.Run, finding.Annotations),
            cancellation
        );
}
