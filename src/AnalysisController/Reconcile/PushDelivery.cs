using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>A beat or the verdict, written into the result of our metric; Argo derives the rest.</summary>
internal sealed class PushDelivery(KubernetesClient client) : IDelivery
{
    public bool Accepts(AnalysisRun run, string metric) => run.AcceptsWrites(metric);

    public async Task<AnalysisRun?> WriteAsync(Finding finding, CancellationToken cancellation)
    {
        var (_, judged, run, session, phase, message, at) = finding;
        var patch = phase is null
            ? AnalysisRunPatch.Beat(run, judged.Metric, message, at, finding.Annotations)
            : AnalysisRunPatch.Conclude(run, judged.Metric, phase, session.Word, message, at, finding.Annotations);
        return await client.PatchAsync(ResourceTypes.AnalysisRuns, finding.Key, patch, cancellation);
    }
}
