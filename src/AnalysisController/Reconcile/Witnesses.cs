using Rollouts.Analysis;
using Rollouts.Analysis.Verdict;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Journal;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>
/// Who is told of what a reconcile did: the journal, and by events the person who describes the Rollout. One event per
/// transition, never one per scrape; none of them can delay or change a verdict.
/// </summary>
/// <param name="journal">Null where no folder was given for one.</param>
/// <param name="events">Null where nobody is to be told.</param>
/// <param name="findPolicy">A policy that says how a run is judged is told what its Rollout is told.</param>
internal sealed class Witnesses(
    EvidenceJournal? journal,
    EventRecorder? events,
    Func<ObjectKey, CanaryPolicy?> findPolicy
)
{
    /// <summary>Reasons of the judge that say that the pods tell it nothing.</summary>
    private static readonly string[] Unavailable = [VerdictReason.NoMetrics, VerdictReason.ProfileMismatch];

    private static readonly string[] ScrapeTrouble = [VerdictReason.ScrapeFailed, VerdictReason.ScrapeUnreachable];

    /// <summary>Whether anybody reads what <see cref="RunSession.Unwritten"/> gathers.</summary>
    public bool HasJournal => journal is not null;

    /// <summary>A round was taken in: tells of a reason that was not there before.</summary>
    public void Judged(Rollout rollout, JudgedRun run, RunSession before, RunSession after)
    {
        var (was, now) = (before.Verdict!, after.Verdict!);
        if (was.Decision != Decision.Pass
            && now.Decision == Decision.Pass
            && AnalysisPhase.Of(run.Run.Kind, Decision.Pass) is null)
        {
            Tell(rollout, "CanaryAnalysisPassed", run, after, now.Message);
        }

        if (before.State!.Profile is null && after.State!.Profile is { } profile)
        {
            Tell(rollout, "MetricsProfileDetected", run, after, $"both versions export the metrics of {profile}");
        }

        if (was.Reason == now.Reason)
        {
            return;
        }

        if (now.Reason == VerdictReason.Held)
        {
            Tell(rollout, "CanaryAnalysisHeld", run, after, now.Message, isWarning: true);
        }
        else if (Unavailable.Contains(now.Reason))
        {
            Tell(rollout, "MetricsUnavailable", run, after, now.Message, isWarning: true);
        }
        else if (ScrapeTrouble.Contains(now.Reason))
        {
            Tell(rollout, "ScrapeFailed", run, after, now.Message, isWarning: true);
        }
    }

    /// <summary>The run was written: what the write carried is now a fact.</summary>
    public void Written(Finding finding)
    {
        var (run, session, phase) = (finding.Judged, finding.Session, finding.Phase);
        var rollout = finding.Snapshot.Rollout;
        if (session.EntryFor(run) is { } entry)
        {
            journal?.Append(entry);
        }

        if (phase is not null && phase != session.DeliveredPhase)
        {
            var (reason, isWarning) = phase switch
            {
                AnalysisPhase.Successful => ("CanaryAnalysisPassed", false),
                AnalysisPhase.Failed => ("CanaryAnalysisFailed", true),
                AnalysisPhase.Inconclusive => ("CanaryAnalysisInconclusive", true),
                _ => ("CanaryAnalysisError", true),
            };
            var addition = run.Metric.DryRun ? "; a dry run: nothing comes of it" : "";
            Tell(rollout, reason, run, session, finding.Message + addition, isWarning && !run.Metric.DryRun);
        }
        else if (phase is null && session is { BeatAt: null, IsTakenUp: false })
        {
            var (_, stable, canary) = finding.Snapshot.Pair;
            Tell(rollout, "CanaryAnalysisStarted", run, session,
                $"comparing canary {canary} with stable {stable}");
        }
    }

    /// <summary>Direct mode has done to the Rollout what its policy wants.</summary>
    public void ActedOn(Rollout rollout, string intent, Finding finding)
    {
        var reason = intent == RolloutAction.AbortIntended ? "CanaryAborted" : "CanaryPaused";
        Tell(rollout, reason, finding.Judged, finding.Session, finding.Message, isWarning: true);
    }

    /// <summary>Direct mode was not let do to the Rollout what its policy wants.</summary>
    public void Refused(Rollout rollout, Finding finding) =>
        Tell(rollout, "CanaryActionRefused", finding.Judged, finding.Session, finding.Message, isWarning: true);

    /// <summary>
    /// What patches brought and the journal may lack: their process was killed before the disk had it, or they were
    /// done
    /// and not answered.
    /// </summary>
    public void CatchUp(IEnumerable<AnalysisRun> runs) =>
        journal?.CatchUp(
            from run in runs
            let state = (RunAnnotations.Restore(run) as CheckpointResult.Restored)?.State
            where state is not null
            select RunMemory.EntryOf(run, state)
        );

    /// <summary>By the session, which knows the policy before the run's first write carries its name.</summary>
    private void Tell(
        Rollout rollout,
        string reason,
        JudgedRun run,
        RunSession session,
        string message,
        bool isWarning = false
    )
    {
        var (@namespace, name) = ObjectKey.Of(run.Run);
        events?.Record(ObjectReference.Of(rollout), reason, $"AnalysisRun {name}: {message}", isWarning);
        if (session.Policy is { } policyName && findPolicy(new ObjectKey(@namespace, policyName)) is { } policy)
        {
            var text = $"Rollout {rollout.Metadata.Name}, AnalysisRun {name}: {message}";
            events?.Record(ObjectReference.Of(policy), reason, text, isWarning);
        }
    }
}
