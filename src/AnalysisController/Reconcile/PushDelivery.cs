using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>
/// A beat or the verdict, written into the result of our metric; Argo derives the rest. Annotations alone while the
/// last
/// beat is young.
/// </summary>
internal sealed class PushDelivery(KubernetesClient client) : IDelivery
{
    public bool Accepts(AnalysisRun run, string metric) => run.AcceptsWrites(metric);

    public async Task<AnalysisRun?> WriteAsync(Finding finding, CancellationToken cancellation)
    {
        var (run, metric, at, annotations) = (finding.Run, finding.Judged.Metric, finding.At, finding.Annotations);
        var patch = finding.Phase switch
        {
            { } phase => AnalysisRunPatch.Conclude(
                run, metric, phase, finding.Session.Word, finding.Message, at, annotations),
            null when Heartbeat.IsFresh(run, metric, at) => AnalysisRunPatch.Note(run, annotations),
            null => AnalysisRunPatch.Beat(run, metric, finding.Message, at, annotations),
        };
        return await client.PatchAsync(ResourceTypes.AnalysisRuns, finding.Key, patch, cancellation);
    }
}
