using Rollouts.Analysis.Verdict;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>When direct mode begins a report run, and when one ends because its update did.</summary>
internal sealed class ReportRuns(ClusterCaches caches, KubernetesClient client, TimeProvider clock)
{
    /// <summary>
    /// How old a canary's ReplicaSet is before a report run begins: Argo makes its own runs a moment after the
    /// ReplicaSet.
    /// </summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Ends the report runs whose pair is no longer compared, or is judged by a run of Argo's.</summary>
    /// <param name="rollout">Null when it is gone; Kubernetes then collects its runs.</param>
    /// <param name="snapshot">Null when no update is under way.</param>
    public async Task CloseAsync(Rollout? rollout, RolloutSnapshot? snapshot, CancellationToken cancellation)
    {
        if (rollout is null)
        {
            return;
        }

        var successor = snapshot?.Runs.FirstOrDefault(run => run.Metric.Route != VerdictRoute.Direct)?.Run;
        foreach (var run in Of(rollout).Where(run => !run.IsCompleted).ToList())
        {
            if (Ending(run, rollout, successor) is { } ending)
            {
                await ConcludeAsync(run, ending, cancellation);
            }
        }
    }

    /// <summary>Begins a report run where a policy wants the update judged and nothing else judges it.</summary>
    /// <returns>When to look again because the canary is too young still; null otherwise.</returns>
    public async Task<DateTimeOffset?> OpenAsync(RolloutSnapshot snapshot, CancellationToken cancellation)
    {
        var pair = snapshot.Pair;
        var earlier = Of(snapshot.Rollout).Where(run => IsOf(run, pair)).ToList();
        if (
            snapshot
                is not {
                    Policies: [var policy, ..],
                    Runs.IsEmpty: true,
                    Rollout.Status: { Abort: false, PromoteFull: false }
                }
            || !MayFollow(earlier.MaxBy(run => run.Metadata.CreationTimestamp), snapshot)
        )
        {
            return null;
        }

        if (!snapshot.IsCanaryShown)
        {
            // Its event is on the way and wakes this Rollout.
            return null;
        }

        var ripeAt = Later(snapshot.CanaryCreatedAt, LatestEnd(snapshot)) + Grace;
        if (ripeAt > clock.GetUtcNow())
        {
            return ripeAt;
        }

        var annotations = new Dictionary<string, string?>
        {
            [RunAnnotations.Pair] = pair.ToString(),
            [ReportRun.PolicyAnnotation] = policy.Name,
        };
        var manifest = ReportRun.Manifest(
            snapshot.Rollout,
            pair,
            snapshot.Revision,
            policy.Body,
            earlier,
            clock.GetUtcNow(),
            annotations
        );
        var @namespace = snapshot.Rollout.Metadata.Namespace;
        caches.AnalysisRuns.Put(
            await client.CreateAsync(ResourceTypes.AnalysisRuns, @namespace, manifest, cancellation)
        );
        return null;
    }

    /// <summary>When a run of Argo's ended last: Argo acts on it a moment later.</summary>
    private DateTimeOffset? LatestEnd(RolloutSnapshot snapshot) =>
        caches
            .AnalysisRuns.OwnedBy(snapshot.Rollout.Metadata.Uid)
            .Where(run => !run.IsReport && IsOf(run, snapshot.Pair))
            .Max(run => run.Status.CompletedAt);

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other > one ? other : one;

    /// <summary>
    /// Whether the pair is judged again after the report run that ended last: in another update, after an abort that
    /// somebody retried, and after a pause for want of a verdict that somebody lifted. A verdict that was only reported
    /// stands for its update.
    /// </summary>
    private static bool MayFollow(AnalysisRun? last, RolloutSnapshot snapshot) =>
        last?.Metadata.Annotations.GetValueOrDefault(RunAnnotations.Action) switch
        {
            null => last is null,
            _ when last!.Metadata.Annotations.GetValueOrDefault(ReportRun.RevisionAnnotation) != snapshot.Revision =>
                true,
            RolloutAction.Aborted or RolloutAction.Ended or RolloutAction.HandedOver => true,
            RolloutAction.Paused => last!.Status.Phase == AnalysisPhase.Inconclusive && !snapshot.Rollout.Spec.Paused,
            _ => false,
        };

    private IEnumerable<AnalysisRun> Of(Rollout rollout) =>
        caches.AnalysisRuns.OwnedBy(rollout.Metadata.Uid).Where(run => run.IsReport);

    private static bool IsOf(AnalysisRun run, ReplicaSetPair pair) =>
        run.Metadata.Annotations.GetValueOrDefault(RunAnnotations.Pair) == pair.ToString();

    /// <summary>Null while the run's pair is still compared.</summary>
    private static (string Phase, string Action, string Why)? Ending(
        AnalysisRun run,
        Rollout rollout,
        AnalysisRun? successor
    )
    {
        var passed = run.Metadata.Annotations.GetValueOrDefault(RunAnnotations.Verdict) == nameof(Decision.Pass);
        var canaryHash = run.Metadata.Labels.GetValueOrDefault(ResourceTypes.PodTemplateHashLabel);
        return ReplicaSetPair.Of(rollout) switch
        {
            { } pair when !IsOf(run, pair) => (
                AnalysisPhase.Inconclusive,
                RolloutAction.Superseded,
                "another version took the canary's place"
            ),
            { } when !rollout.Status.Abort => successor is null
                ? null
                : (
                    passed ? AnalysisPhase.Successful : AnalysisPhase.Inconclusive,
                    RolloutAction.HandedOver,
                    $"AnalysisRun {successor.Metadata.Name} goes on with the evidence"
                ),
            { } when run.Metadata.Annotations.GetValueOrDefault(RunAnnotations.Action) == RolloutAction.AbortIntended =>
                (AnalysisPhase.Failed, RolloutAction.Aborted, "the Rollout was aborted"),
            { } => (AnalysisPhase.Inconclusive, RolloutAction.Ended, "the Rollout was aborted by somebody else"),
            null when rollout.Status.StableRS == canaryHash => passed
                ? (AnalysisPhase.Successful, RolloutAction.Ended, "the canary is stable now")
                : (AnalysisPhase.Inconclusive, RolloutAction.Ended, "the canary was promoted before a Pass"),
            null => (AnalysisPhase.Inconclusive, RolloutAction.Ended, "the update was taken back"),
        };
    }

    private async Task ConcludeAsync(
        AnalysisRun cached,
        (string Phase, string Action, string Why) ending,
        CancellationToken cancellation
    )
    {
        var key = ObjectKey.Of(cached);
        var run = await client.GetAsync(ResourceTypes.AnalysisRuns, key, cancellation);
        if (run.Metadata.Uid == cached.Metadata.Uid && !run.IsCompleted)
        {
            var word = run.Metadata.Annotations.GetValueOrDefault(RunAnnotations.Verdict) ?? nameof(Decision.Continue);
            var last = run.Metadata.Annotations.GetValueOrDefault(RunAnnotations.Summary) ?? "nothing was judged";
            var message = ending.Phase switch
            {
                AnalysisPhase.Failed => $"{last}; {ending.Why}",
                AnalysisPhase.Successful => $"{ending.Why}; last: {last}",
                _ => $"{RunReason.UpdateEnded}: {ending.Why}; last: {last}",
            };
            var annotations = new Dictionary<string, string?>
            {
                [RunAnnotations.Action] = ending.Action,
                [RunAnnotations.Summary] = message,
            };
            var patch = ReportRun.Conclude(run, ending.Phase, word, message, clock.GetUtcNow(), annotations);
            run = await client.PatchAsync(ResourceTypes.AnalysisRuns, key, patch, cancellation);
        }

        caches.AnalysisRuns.Put(run);
    }
}
