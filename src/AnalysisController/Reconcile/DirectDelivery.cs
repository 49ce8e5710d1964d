using System.Collections.Concurrent;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;

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
    /// <summary>
    /// The uid of the run for which this process itself meant to act on a Rollout, and did not finish.
    /// </summary>
    private readonly ConcurrentDictionary<ObjectKey, string> _intended = new();

    /// <summary>No run of the Rollout goes on: what was meant for one is over.</summary>
    public void Forget(ObjectKey rollout) => _intended.TryRemove(rollout, out _);

    public bool Accepts(AnalysisRun run, string metric) => !run.IsCompleted;

    public async Task<AnalysisRun?> WriteAsync(Finding finding, CancellationToken cancellation)
    {
        if (finding.Phase is null)
        {
            var beat = ReportRun.Beat(finding.Run, finding.Message, finding.At, finding.Annotations);
            return await client.PatchAsync(ResourceTypes.AnalysisRuns, finding.Key, beat, cancellation);
        }

        // The verdict took a round of scrapes: what holds of Rollout, runs and policies is read again before the act.
        var key = ObjectKey.Of(finding.Snapshot.Rollout);
        var rollout = await client.GetAsync(ResourceTypes.Rollouts, key, cancellation);
        caches.Rollouts.Put(rollout);
        var snapshot = RolloutSnapshot.Gather(caches, key);
        if (snapshot?.Pair != finding.Snapshot.Pair)
        {
            const string why = "; nothing was done: the Rollout has moved on to another version";
            return await ConcludeAsync(finding, RolloutAction.Superseded, why, cancellation);
        }

        if (rollout.Status.PromoteFull)
        {
            // Argo drops an abort then (argo-rollouts rollout/canary.go, RemoveAbort): it would be claimed, not done.
            const string why = "; nothing was done: somebody is promoting the Rollout in full";
            return await ConcludeAsync(finding, RolloutAction.Superseded, why, cancellation);
        }

        if (snapshot.IsJudgedByArgo)
        {
            // A push or pull run has come up meanwhile: its verdict acts, and this run ends when the Rollout is next
            // looked at.
            return null;
        }

        return IntentOf(finding, snapshot) is { } intent
            ? await ActAsync(finding, rollout, intent, cancellation)
            : await ConcludeAsync(finding, RolloutAction.Reported, "", cancellation);
    }

    /// <summary>
    /// By the policy as it is now: who switches it to Observe, or lets another overrule it, is heard.
    /// </summary>
    private static string? IntentOf(Finding finding, RolloutSnapshot snapshot) =>
        snapshot.Policies is [var policy, ..]
        && policy.Name == finding.Run.PolicyName
        && finding.Session.Verdict is { } verdict
            ? RolloutAction.Intent(policy, verdict.Decision, verdict.Reason)
            : null;

    private async Task<AnalysisRun> ActAsync(
        Finding finding,
        Rollout rollout,
        string intent,
        CancellationToken cancellation
    )
    {
        var found = finding.Run.Metadata.Annotations.GetValueOrDefault(RunAnnotations.Action);
        var foundAt = finding.Run.Metadata.Annotations.GetValueOrDefault(RunAnnotations.ActionAt);
        var isDone = intent == RolloutAction.AbortIntended ? rollout.Status.Abort : rollout.Spec.Paused;
        var key = ObjectKey.Of(rollout);
        var isAnothers = found == intent && _intended.GetValueOrDefault(key) != finding.Judged.Uid;
        if (isAnothers && !isDone && foundAt != rollout.Metadata.ResourceVersion)
        {
            // Another process meant to act and died. The Rollout was written since: it may have been acted on and
            // retried, and the next attempt is judged on evidence of its own.
            const string why = "; it is not known whether it was carried out: judged again from the beginning";
            return await ConcludeAsync(finding, RolloutAction.Ended, why, cancellation);
        }

        var told = finding.Run.Metadata.Annotations.GetValueOrDefault(RunAnnotations.Summary);
        if (found != intent || foundAt != rollout.Metadata.ResourceVersion)
        {
            finding = finding with { Run = await IntendAsync(finding, rollout, intent, cancellation) };
        }

        _intended[key] = finding.Judged.Uid;
        try
        {
            rollout = isDone ? rollout : await PatchAsync(rollout, intent, cancellation);
        }
        catch (KubernetesException e) when (!e.IsConflict && !e.IsTransient)
        {
            await TellRefusalAsync(finding, rollout, intent, e, told, cancellation);
            throw;
        }

        caches.Rollouts.Put(rollout);
        ControllerLog.RolloutActedOn(log, key, intent, finding.Key.Name);
        witnesses.ActedOn(rollout, intent, finding);
        var run = intent == RolloutAction.AbortIntended
            ? await ConcludeAsync(finding, RolloutAction.Aborted, "; the Rollout was aborted", cancellation)
            : await ConcludeAsync(finding, RolloutAction.Paused, "; the Rollout was paused", cancellation);
        Forget(key);
        return run;
    }

    /// <summary>
    /// A bad canary goes on serving, and the next attempt is not expected to fare better: run, Rollout and policy say
    /// so and why, once.
    /// </summary>
    /// <param name="told">What the run said before this attempt.</param>
    private async Task TellRefusalAsync(
        Finding finding,
        Rollout rollout,
        string intent,
        KubernetesException refusal,
        string? told,
        CancellationToken cancellation
    )
    {
        var isThere = refusal.IsNotFound && await IsThereAsync(rollout, cancellation);
        var why = RolloutAction.Refusal(intent, rollout, isThere ? null : refusal.Message);
        finding = finding with { Message = $"{finding.Message}; {why}" };
        if (finding.Run.Metadata.Annotations.GetValueOrDefault(RunAnnotations.Summary) != finding.Message)
        {
            // Only then: each write of the run wakes its Rollout for the next attempt.
            await IntendAsync(finding, rollout, intent, cancellation);
        }

        if (told != finding.Message)
        {
            witnesses.Refused(rollout, finding);
        }
    }

    /// <summary>A patch of what is gone is not found either.</summary>
    private async Task<bool> IsThereAsync(Rollout rollout, CancellationToken cancellation)
    {
        try
        {
            var read = await client.GetAsync(ResourceTypes.Rollouts, ObjectKey.Of(rollout), cancellation);
            return read.Metadata.Uid == rollout.Metadata.Uid;
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            return false;
        }
    }

    private async Task<AnalysisRun> IntendAsync(
        Finding finding,
        Rollout rollout,
        string intent,
        CancellationToken cancellation
    )
    {
        var annotations = finding.Annotations;
        annotations[RunAnnotations.Action] = intent;
        annotations[RunAnnotations.ActionAt] = rollout.Metadata.ResourceVersion;
        var patch = ReportRun.Beat(finding.Run, finding.Message, finding.At, annotations);
        return await client.PatchAsync(ResourceTypes.AnalysisRuns, finding.Key, patch, cancellation);
    }

    private Task<Rollout> PatchAsync(Rollout rollout, string intent, CancellationToken cancellation)
    {
        var key = ObjectKey.Of(rollout);
        return intent == RolloutAction.AbortIntended
            ? client.PatchStatusAsync(ResourceTypes.Rollouts, key, RolloutPatch.Abort(rollout), cancellation)
            : client.PatchAsync(ResourceTypes.Rollouts, key, RolloutPatch.Pause(rollout), cancellation);
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
