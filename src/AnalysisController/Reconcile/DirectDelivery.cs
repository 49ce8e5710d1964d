using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Policy;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>
/// Progress and verdict in a report run of ours, and what the policy wants done to the Rollout: recorded as an intent,
/// done under the resourceVersion at which the pair was checked, then confirmed by ending the run.
/// </summary>
internal sealed class DirectDelivery(
    ClusterCaches caches,
    KubernetesClient client,
    Witnesses witnesses,
    ILogger log
) : IDelivery
{
    public bool Accepts(AnalysisRun run, string metric) => !run.IsCompleted;

    public async Task<AnalysisRun> WriteAsync(Finding finding, CancellationToken cancellation)
    {
        if (finding.Phase is null)
        {
            var beat = ReportRun.Beat(finding.Run, finding.Message, finding.At, finding.Annotations);
            return await client.PatchAsync(ResourceTypes.AnalysisRuns, finding.Key, beat, cancellation);
        }

        var intent = finding.Session.Verdict is { } verdict
            ? RolloutAction.Intent(PolicyOf(finding), verdict.Decision, verdict.Reason)
            : null;
        if (intent is null)
        {
            return await ConcludeAsync(finding, RolloutAction.Reported, "", cancellation);
        }

        if (finding.Snapshot.IsJudgedByArgo)
        {
            // A push or pull run has come up meanwhile: its verdict acts, ours waits.
            return finding.Run;
        }

        finding = finding with { Run = await IntendAsync(finding, intent, cancellation) };
        var key = ObjectKey.Of(finding.Snapshot.Rollout);
        var rollout = await client.GetAsync(ResourceTypes.Rollouts, key, cancellation);
        if (ReplicaSetPair.Of(rollout) != finding.Snapshot.Pair)
        {
            return await ConcludeAsync(
                finding,
                RolloutAction.Superseded,
                "; nothing was done: the Rollout has moved on to another version",
                cancellation
            );
        }

        rollout = await ActAsync(rollout, intent, cancellation);
        caches.Rollouts.Put(rollout);
        ControllerLog.RolloutActedOn(log, key, intent, finding.Key.Name);
        witnesses.ActedOn(rollout, intent, finding);
        return intent == RolloutAction.AbortIntended
            ? await ConcludeAsync(finding, RolloutAction.Aborted, "; the Rollout was aborted", cancellation)
            : await ConcludeAsync(finding, RolloutAction.Paused, "; the Rollout was paused", cancellation);
    }

    /// <summary>The policy as it is now: who switches it to Observe in time is heard.</summary>
    private static PolicyTerms? PolicyOf(Finding finding) =>
        finding.Snapshot.Policies.FirstOrDefault(policy => policy.Name == finding.Run.PolicyName);

    private async Task<AnalysisRun> IntendAsync(Finding finding, string intent, CancellationToken cancellation)
    {
        if (finding.Run.Metadata.Annotations.GetValueOrDefault(RunAnnotations.Action) == intent)
        {
            return finding.Run;
        }

        var annotations = finding.Annotations;
        annotations[RunAnnotations.Action] = intent;
        var patch = ReportRun.Beat(finding.Run, finding.Message, finding.At, annotations);
        return await client.PatchAsync(ResourceTypes.AnalysisRuns, finding.Key, patch, cancellation);
    }

    private Task<Rollout> ActAsync(Rollout rollout, string intent, CancellationToken cancellation)
    {
        var key = ObjectKey.Of(rollout);
        return (intent, rollout) switch
        {
            (RolloutAction.AbortIntended, { Status.Abort: false }) => client.PatchStatusAsync(
                ResourceTypes.Rollouts,
                key,
                RolloutPatch.Abort(rollout),
                cancellation
            ),
            (RolloutAction.PauseIntended, { Spec.Paused: false }) => client.PatchAsync(
                ResourceTypes.Rollouts,
                key,
                RolloutPatch.Pause(rollout),
                cancellation
            ),
            _ => Task.FromResult(rollout),
        };
    }

    private Task<AnalysisRun> ConcludeAsync(
        Finding finding,
        string action,
        string addition,
        CancellationToken cancellation
    )
    {
        var annotations = finding.Annotations;
        annotations[RunAnnotations.Action] = action;
        var patch = ReportRun.Conclude(
            finding.Run,
            finding.Phase!,
            finding.Session.Word,
            finding.Message + addition,
            finding.At,
            annotations
        );
        return client.PatchAsync(ResourceTypes.AnalysisRuns, finding.Key, patch, cancellation);
    }
}
