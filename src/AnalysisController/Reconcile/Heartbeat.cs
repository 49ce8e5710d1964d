using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>When a run wants to be written, and when its measurement in flight is refreshed with it.</summary>
internal static class Heartbeat
{
    /// <summary>
    /// A measurement in flight younger than this stands: what is new goes into the annotations alone.
    /// </summary>
    private static readonly TimeSpan RefreshAfter = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Argo reads each secret argument again on every write to the run: not more often than this, then.
    /// </summary>
    private static readonly TimeSpan ShortestWithSecrets = TimeSpan.FromSeconds(10);

    /// <summary>Far below the five minutes after which Argo takes the measurement up itself.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Pause before a beat that was erased is written again, so that two writers cannot chase each other.
    /// </summary>
    private static readonly TimeSpan RepairAfter = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How soon to look again at a verdict that Argo has not acted on: its stale write may have erased it.
    /// </summary>
    private static readonly TimeSpan AssertAgainAfter = TimeSpan.FromSeconds(2);

    /// <summary>Whether the measurement in flight needs no refreshing yet; one that was erased does.</summary>
    public static bool IsFresh(AnalysisRun run, CompanionMetric metric, DateTimeOffset now) =>
        run.InFlightUntil(metric.Name) is { } resumeAt && now < resumeAt - AnalysisRunPatch.ResumeAfter + RefreshAfter;

    /// <summary>
    /// Once per evidence interval, together with the checkpoint; at once when there is none, and with a verdict; sooner
    /// when ours was erased.
    /// </summary>
    public static DateTimeOffset DueAt(JudgedRun judged, RunSession session)
    {
        if (session.BeatAt is not { } beatAt)
        {
            return DateTimeOffset.MinValue;
        }

        var isFinal = session.FinalPhase(judged.Run.Kind) is not null;
        return judged.Metric.Route switch
        {
            VerdictRoute.Push when isFinal => beatAt + AssertAgainAfter,
            VerdictRoute.Push when judged.Run.InFlightSince(judged.Metric.Name) is null => beatAt + RepairAfter,
            VerdictRoute.Pull when isFinal => beatAt + Longest,
            VerdictRoute.Direct when isFinal => beatAt + AssertAgainAfter,
            _ => beatAt + Pace(judged, session),
        };
    }

    private static TimeSpan Pace(JudgedRun judged, RunSession session)
    {
        var interval = session.State?.Spec.EvidenceInterval ?? Longest;
        var floor = judged.Run.Spec.Args.Any(argument => argument.ValueFrom?.SecretKeyRef is not null)
            ? ShortestWithSecrets
            : TimeSpan.Zero;
        return TimeSpan.FromTicks(Math.Clamp(interval.Ticks, floor.Ticks, Longest.Ticks));
    }
}
