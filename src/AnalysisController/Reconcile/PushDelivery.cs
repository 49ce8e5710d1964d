using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>
/// A beat or the verdict, written into the result of our metric; Argo derives the rest. Annotations alone where the
/// last
/// beat is young.
/// </summary>
internal sealed class PushDelivery(KubernetesClient client) : IDelivery
{
    public bool Accepts(AnalysisRun run, string metric) => run.AcceptsWrites(metric);

    public async Task<AnalysisRun?> WriteAsync(Finding finding, CancellationToken cancellation)
    {
        var (_, judged, run, session, _, phase, message, at) = finding;
        var patch =
            phase is not null
                ? AnalysisRunPatch.Conclude(run, judged.Metric, phase, session.Word, message, at, finding.Annotations)
            : Heartbeat.IsFresh(run, judged.Metric, at) ? AnalysisRunPatch.Note(run, finding.Annotations)
            : AnalysisRunPatch.Beat(run, judged.Metric, message, at, finding.Annotations);
        return await client.PatchAsync(ResourceTypes.AnalysisRuns, finding.Key, patch, cancellation);
    }
}
