using Rollouts.Analysis;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>
/// START HERE. One pass over one Rollout: gather, scrape, advance, apply, and say when to come back.
/// Level-based: it looks at the whole state, never at the event that woke it, and may be run twice at any point.
/// </summary>
internal sealed class RolloutReconciler(
    ClusterCaches caches,
    KubernetesClient client,
    PodScraper scraper,
    Witnesses witnesses,
    ControllerMetrics metrics,
    TimeProvider clock,
    ILogger log
)
{
    /// <summary>
    /// How soon to look again at a verdict that Argo has not acted on: its stale write may have erased it.
    /// </summary>
    private static readonly TimeSpan AssertAgainAfter = TimeSpan.FromSeconds(2);

    /// <summary>A beat lasts five minutes by Argo's clock: far below that, clocks that differ deserve a word.</summary>
    private static readonly TimeSpan TolerableSkew = TimeSpan.FromSeconds(30);

    private readonly Dictionary<ObjectKey, RunSessions> _sessions = [];
    private readonly Lock _lock = new();

    /// <returns>When the Rollout wants to be looked at again; null to wait for a change.</returns>
    public async Task<DateTimeOffset?> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (RolloutSnapshot.Gather(caches, key) is not { Runs.IsEmpty: false } snapshot)
        {
            Forget(key);
            return null;
        }

        var sessions = SessionsOf(key);
        var now = clock.GetUtcNow();
        sessions.Follow(snapshot, caches, now);
        var runs = snapshot.Runs.Where(sessions.Has).ToList();
        if (runs.Exists(run => sessions[run].NextRoundAt(run.Run.Kind) <= now))
        {
            var round = await ScrapeAsync(snapshot, now, cancellation);
            runs.ForEach(run => sessions[run] = Advance(snapshot, run, sessions[run], round));
        }

        foreach (var run in runs)
        {
            sessions[run] = await ApplyAsync(snapshot, run, sessions[run], cancellation);
        }

        return runs.Min(run => ComeBackAt(run, sessions[run]));
    }

    private async Task<ScrapeRound> ScrapeAsync(
        RolloutSnapshot snapshot,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var pods = await Task.WhenAll(
            snapshot.Pods.Select(async entry =>
            {
                var (arm, pod) = entry;
                if (PodReading.ReadyAt(pod) is null)
                {
                    return PodReading.Read(pod, arm, new MetricsScrape.NotAsked(), HealthProbe.Unknown);
                }

                var (scraped, health) = await scraper.ScrapeAsync(pod, ScrapeSettings.FromPod, cancellation);
                if (scraped is MetricsScrape.Failed(var reason, var message))
                {
                    metrics.ScrapeFailed(reason);
                    ControllerLog.ScrapeFailed(log, pod.Metadata.Namespace, pod.Metadata.Name, reason, message);
                }

                return PodReading.Read(pod, arm, scraped, health);
            })
        );
        return new ScrapeRound(now, snapshot.Step, [.. pods]);
    }

    private RunSession Advance(RolloutSnapshot snapshot, JudgedRun run, RunSession session, ScrapeRound round)
    {
        if (session.State is null || session.NextRoundAt(run.Run.Kind) is not { } dueAt || dueAt > round.At)
        {
            return session;
        }

        var next = session.Advance(round);
        witnesses.Judged(snapshot.Rollout, run, session, next);
        if (next.Verdict!.Decision != session.Verdict!.Decision)
        {
            var message = next.Message(run.Run.Kind);
            ControllerLog.VerdictReached(
                log,
                run.Run.Metadata.Namespace,
                snapshot.Rollout.Metadata.Name,
                run.Run.Metadata.Name,
                next.Verdict.Decision,
                message
            );
        }

        metrics.Judged(snapshot.Rollout, next.Verdict);
        return next;
    }

    /// <summary>
    /// Writes a beat or the verdict when one is due. State first, write second: a write that fails is simply due again.
    /// </summary>
    private async Task<RunSession> ApplyAsync(
        RolloutSnapshot snapshot,
        JudgedRun judged,
        RunSession session,
        CancellationToken cancellation
    )
    {
        var kind = judged.Run.Kind;
        var phase = session.FinalPhase(kind);
        if (phase is null && clock.GetUtcNow() < Heartbeat.DueAt(judged, session))
        {
            return session;
        }

        var key = ObjectKey.Of(judged.Run);
        var run = await client.GetAsync(ResourceTypes.AnalysisRuns, key, cancellation);
        caches.AnalysisRuns.Put(run);
        if (client.ClockSkew is { } skew && skew.Duration() > TolerableSkew)
        {
            ControllerLog.ClockSkewed(log, skew.TotalSeconds);
        }

        if (run.Metadata.Uid != judged.Uid || !run.AcceptsWrites(judged.Metric.Name))
        {
            return session with { BeatAt = clock.GetUtcNow() };
        }

        var now = clock.GetUtcNow();
        var message = session.Message(kind);
        var annotations = RunAnnotations.Of(snapshot.Pair, session, message);
        var patch = phase is null
            ? AnalysisRunPatch.Beat(run, judged.Metric, message, now, annotations)
            : AnalysisRunPatch.Conclude(run, judged.Metric, phase, Value(session), message, now, annotations);
        caches.AnalysisRuns.Put(await client.PatchAsync(ResourceTypes.AnalysisRuns, key, patch, cancellation));
        witnesses.Written(snapshot.Rollout, judged, session, phase, message);
        if (phase is not null)
        {
            metrics.Concluded(Value(session), now - (run.Status.StartedAt ?? now));
            ControllerLog.VerdictWritten(log, key.Namespace, snapshot.Rollout.Metadata.Name, key.Name, phase, message);
        }

        return session with
        {
            BeatAt = now,
            Unwritten = [],
        };
    }

    private static string Value(RunSession session) => session.Verdict?.Decision.ToString() ?? AnalysisPhase.Error;

    private static DateTimeOffset? ComeBackAt(JudgedRun run, RunSession session)
    {
        if (session.FinalPhase(run.Run.Kind) is not null)
        {
            return session.BeatAt + AssertAgainAfter;
        }

        var beatDueAt = Heartbeat.DueAt(run, session);
        return session.NextRoundAt(run.Run.Kind) is { } round && round < beatDueAt ? round : beatDueAt;
    }

    private RunSessions SessionsOf(ObjectKey key)
    {
        lock (_lock)
        {
            if (!_sessions.TryGetValue(key, out var sessions))
            {
                _sessions[key] = sessions = new RunSessions();
            }

            return sessions;
        }
    }

    private void Forget(ObjectKey key)
    {
        lock (_lock)
        {
            _sessions.Remove(key);
        }

        metrics.Forget(key);
    }
}
