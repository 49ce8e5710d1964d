using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>Annotations alone: Argo asks for the verdict itself, and nobody else writes the run's status.</summary>
internal sealed class PullDelivery(KubernetesClient client, ILogger log) : IDelivery
{
    /// <summary>
    /// Without it (argo-rollouts before 1.8) a gate that asks us ends Successful at its count, also when nothing was
    /// ever decided.
    /// </summary>
    private const string NeededField = "consecutiveSuccessLimit";

    private int _isChecked;

    public bool Accepts(AnalysisRun run, string metric) => run.AcceptsWrites(metric);

    public async Task<AnalysisRun?> WriteAsync(Finding finding, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _isChecked, 1) == 0)
        {
            await CheckArgoAsync(cancellation);
        }

        var note = AnalysisRunPatch.Note(finding.Run, finding.Annotations);
        return await client.PatchAsync(ResourceTypes.AnalysisRuns, finding.Key, note, cancellation);
    }

    private async Task CheckArgoAsync(CancellationToken cancellation)
    {
        try
        {
            if (!await client.KnowsFieldAsync(ResourceTypes.AnalysisRuns, NeededField, cancellation))
            {
                ControllerLog.ArgoTooOldForPull(log, NeededField);
            }
        }
        catch (KubernetesException e)
        {
            ControllerLog.ArgoNotChecked(log, NeededField, e.Message);
        }
    }
}
