using System.Collections.Immutable;
using Rollouts.Analysis;
using Rollouts.Analysis.Observation;
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
    /// <summary>A beat lasts five minutes by Argo's clock: far below that, clocks that differ deserve a word.</summary>
    private static readonly TimeSpan TolerableSkew = TimeSpan.FromSeconds(30);

    private readonly PushDelivery _push = new(client);
    private readonly PullDelivery _pull = new(client, log);
    private readonly DirectDelivery _direct = new(caches, client, witnesses, log);
    private readonly ReportRuns _reports = new(caches, client, clock);
    private readonly Dictionary<ObjectKey, RunSessions> _sessions = [];
    private readonly Lock _lock = new();
    private int _isSkewed;

    /// <returns>When the Rollout wants to be looked at again; null to wait for a change.</returns>
    public async Task<DateTimeOffset?> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        var snapshot = RolloutSnapshot.Gather(caches, key);
        await _reports.CloseAsync(caches.Rollouts.Find(key), snapshot, cancellation);
        var ripeAt = snapshot is null ? null : await _reports.OpenAsync(snapshot, cancellation);
        snapshot = RolloutSnapshot.Gather(caches, key);
        var sessions = SessionsOf(key);
        CatchUp(key, sessions.DropAllBut(snapshot?.Runs ?? []));
        if (snapshot is not { Runs.IsEmpty: false })
        {
            Forget(key);
            return ripeAt;
        }

        var now = clock.GetUtcNow();
        snapshot = await ReadNewAsync(snapshot, sessions, cancellation);
        sessions.Follow(snapshot, caches, now);
        var runs = snapshot.Runs.Where(sessions.Has).ToList();
        var due = runs.Where(run => sessions[run].NextRoundAt(run.Run.Kind) <= now);
        foreach (var together in due.GroupBy(run => (run.Pods, sessions[run].Scrape)).ToList())
        {
            var judged = JudgedFamilies.By(together.Select(run => sessions[run].State?.Spec).OfType<AnalysisSpec>());
            using var reading = scraper.Round(snapshot.Rollout.Metadata.Uid, judged.Contains);
            var round = await ScrapeAsync(together.Key.Pods, together.Key.Scrape, snapshot, now, reading, cancellation);
            TellOfFailures(key.Namespace, round, sessions.FailingBy(together.Key.Scrape));
            foreach (var run in together)
            {
                sessions[run] = Advance(snapshot, run, sessions[run], round);
            }
        }

        foreach (var run in runs)
        {
            sessions[run] = await ApplyAsync(snapshot, run, sessions[run], cancellation);
        }

        return runs.Min(run => (DateTimeOffset?)ComeBackAt(run, sessions[run]));
    }

    /// <summary>A patch whose answer was lost has its lines in the run, and not in the journal.</summary>
    private void CatchUp(ObjectKey key, IReadOnlyList<string> uids)
    {
        if (uids.Count > 0)
        {
            witnesses.CatchUp(caches.AnalysisRuns.In(key.Namespace).Where(run => uids.Contains(run.Metadata.Uid)));
        }
    }

    private async Task<ScrapeRound> ScrapeAsync(
        ImmutableArray<ArmPod> arms,
        ScrapeSettings settings,
        RolloutSnapshot snapshot,
        DateTimeOffset now,
        RoundReading reading,
        CancellationToken cancellation
    )
    {
        var pods = await Task.WhenAll(
            arms.Select(async entry =>
            {
                var (arm, pod) = entry;
                if (PodReading.ReadyAt(pod) is null)
                {
                    return PodReading.Read(pod, arm, new MetricsScrape.NotAsked(), HealthProbe.Unknown);
                }

                var (scraped, health) = await scraper.ScrapeAsync(pod, settings, reading, cancellation);
                if (scraped is MetricsScrape.Failed(var reason, var message))
                {
                    metrics.ScrapeFailed(reason);
                    ControllerLog.ScrapeFailed(log, pod.Metadata.Namespace, pod.Metadata.Name, reason, message);
                }

                return PodReading.Read(pod, arm, scraped, health);
            })
        );
        return new ScrapeRound(now, snapshot.Step, [.. pods])
        {
            ArmsShareTraffic = TrafficSplit.SharesTraffic(snapshot.Rollout),
        };
    }

    private void TellOfFailures(string @namespace, ScrapeRound round, FailingPods failing) =>
        failing.Take(
            round.Pods,
            (pod, scrape) => ControllerLog.ScrapesFail(log, @namespace, pod, scrape.Reason, scrape.Message),
            pod => ControllerLog.ScrapesSucceed(log, @namespace, pod)
        );

    private RunSession Advance(RolloutSnapshot snapshot, JudgedRun run, RunSession session, ScrapeRound round)
    {
        var next = session.Advance(run.Run.Kind, round);
        next = witnesses.HasJournal ? next : next with { Unwritten = [] };
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
    /// Delivers progress or the verdict when it is due. State first, write second: a write that fails is simply due
    /// again.
    /// </summary>
    private async Task<RunSession> ApplyAsync(
        RolloutSnapshot snapshot,
        JudgedRun judged,
        RunSession session,
        CancellationToken cancellation
    )
    {
        var phase = session.FinalPhase(judged.Run.Kind);
        if (clock.GetUtcNow() < Heartbeat.DueAt(judged, session) && session.DeliveredPhase == phase)
        {
            return session;
        }

        if (await ReadAsync(judged.Run, cancellation) is not { } run)
        {
            return session with { BeatAt = clock.GetUtcNow() };
        }

        WarnOfClockSkew();
        var now = clock.GetUtcNow();
        var delivered = session with { BeatAt = now, DeliveredPhase = phase };
        var delivery = DeliveryOf(judged.Metric.Route);
        if (run.Metadata.Uid != judged.Uid || !delivery.Accepts(run, judged.Metric.Name))
        {
            return delivered;
        }

        var memory = RunMemory.Of(judged.Run.Kind, session);
        var message = session.Message(judged.Run.Kind) + memory.Shortfall;
        var finding = new Finding
        {
            Snapshot = snapshot,
            Judged = judged,
            Run = run,
            Session = session,
            Memory = memory,
            Phase = phase,
            Message = message,
            At = now,
        };
        if (await delivery.WriteAsync(finding, cancellation) is not { } written)
        {
            return session with { BeatAt = now };
        }

        caches.AnalysisRuns.Put(written);
        witnesses.Written(finding);
        TellOfGaps(finding);
        if (phase is not null && phase != session.DeliveredPhase)
        {
            metrics.Concluded(session.Word, now - (run.Status.StartedAt ?? now));
            var rollout = snapshot.Rollout.Metadata.Name;
            ControllerLog.VerdictConcluded(log, run.Metadata.Namespace, rollout, run.Metadata.Name, phase, message);
        }

        return delivered with { Unwritten = [], Forgotten = 0 };
    }

    private void TellOfGaps(Finding finding)
    {
        if (finding.Session.Forgotten > 0)
        {
            ControllerLog.LinesForgotten(log, finding.Key, finding.Session.Forgotten, finding.Session.Unwritten.Length);
        }

        if (finding.Memory.Lines.LeftOut > 0)
        {
            ControllerLog.LinesLeftOut(
                log, finding.Key, finding.Memory.Lines.LeftOut, finding.Session.Unwritten.Length);
        }
    }

    /// <summary>
    /// Runs that have no session yet are read themselves: a cache that lags shows an older checkpoint than there is.
    /// </summary>
    private async Task<RolloutSnapshot> ReadNewAsync(
        RolloutSnapshot snapshot,
        RunSessions sessions,
        CancellationToken cancellation
    )
    {
        var runs = ImmutableArray.CreateBuilder<JudgedRun>();
        foreach (var run in snapshot.Runs)
        {
            if (sessions.Has(run))
            {
                runs.Add(run);
            }
            else if (await ReadAsync(run.Run, cancellation) is { IsCompleted: false } read)
            {
                runs.Add(run with { Run = read });
            }
        }

        return snapshot with
        {
            Runs = runs.ToImmutable(),
        };
    }

    /// <summary>
    /// Null when it is gone: one run that somebody deleted does not keep the others from their beats.
    /// </summary>
    private async Task<AnalysisRun?> ReadAsync(AnalysisRun run, CancellationToken cancellation)
    {
        try
        {
            var read = await client.GetAsync(ResourceTypes.AnalysisRuns, ObjectKey.Of(run), cancellation);
            caches.AnalysisRuns.Put(read);
            return read;
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            caches.AnalysisRuns.Apply(new ResourceEvent<AnalysisRun>.Removed(run));
            return null;
        }
    }

    private IDelivery DeliveryOf(VerdictRoute route) =>
        route switch
        {
            VerdictRoute.Push => _push,
            VerdictRoute.Pull => _pull,
            VerdictRoute.Direct => _direct,
        };

    /// <summary>Once, until the clocks agree again.</summary>
    private void WarnOfClockSkew()
    {
        var skew = client.ClockSkew ?? TimeSpan.Zero;
        var isSkewed = skew.Duration() > TolerableSkew ? 1 : 0;
        if (Interlocked.Exchange(ref _isSkewed, isSkewed) < isSkewed)
        {
            ControllerLog.ClockSkewed(log, skew.TotalSeconds);
        }
    }

    private static DateTimeOffset ComeBackAt(JudgedRun run, RunSession session)
    {
        var deliveryAt = Heartbeat.DueAt(run, session);
        return session.NextRoundAt(run.Run.Kind) is { } round && round < deliveryAt ? round : deliveryAt;
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

        _direct.Forget(key);
        metrics.Forget(key);
    }
}
