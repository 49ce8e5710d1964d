using Rollouts.Analysis;
using Rollouts.Analysis.Policy;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Journal;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Policy;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>
/// The sessions of one Rollout's live runs: begun fresh, from the run's own checkpoint, or from the evidence of an
/// earlier run of the same pair. A Rollout is reconciled by one worker at a time, so nothing here is contended.
/// </summary>
internal sealed class RunSessions
{
    private readonly Dictionary<string, RunSession> _byRun = [];
    private readonly Dictionary<ScrapeSettings, FailingPods> _failing = [];

    public RunSession this[JudgedRun run]
    {
        get => _byRun[run.Uid];
        set => _byRun[run.Uid] = value;
    }

    /// <summary>Drops the sessions of runs that have ended.</summary>
    /// <returns>
    /// The uids of those whose latest patch was not answered: it may have ended them, and brought lines.
    /// </returns>
    public IReadOnlyList<string> DropAllBut(IEnumerable<JudgedRun> live)
    {
        var ended = _byRun.Keys.Except(live.Select(run => run.Uid)).ToList();
        var unanswered = ended.Where(uid => !_byRun[uid].Unwritten.IsEmpty).ToList();
        ended.ForEach(uid => _byRun.Remove(uid));
        return unanswered;
    }

    /// <summary>Makes sure that every run has a session, and forgets the pods that are gone.</summary>
    public void Follow(RolloutSnapshot snapshot, ClusterCaches caches, DateTimeOffset now)
    {
        foreach (var run in snapshot.Runs)
        {
            if (!_byRun.ContainsKey(run.Uid) && run.Run.Status.StartedAt is { } startedAt)
            {
                _byRun[run.Uid] = Begin(run, startedAt, snapshot, caches, now);
            }
        }

        var pods = snapshot.Runs.SelectMany(run => run.Pods).Select(entry => entry.Pod.Metadata.Name).ToHashSet();
        foreach (var failing in _failing.Values)
        {
            failing.KeepOnly(pods);
        }
    }

    /// <summary>By how they are scraped: two runs may ask the same pods in different ways.</summary>
    public FailingPods FailingBy(ScrapeSettings scrape)
    {
        if (!_failing.TryGetValue(scrape, out var failing))
        {
            _failing[scrape] = failing = new FailingPods();
        }

        return failing;
    }

    public bool Has(JudgedRun run) => _byRun.ContainsKey(run.Uid);

    private static RunSession Begin(
        JudgedRun run,
        DateTimeOffset startedAt,
        RolloutSnapshot snapshot,
        ClusterCaches caches,
        DateTimeOffset now
    )
    {
        var read = ReadTerms(run, caches);
        var terms = (read as RunTermsResult.Valid)?.Terms;
        var restored = RunAnnotations.Restore(run.Run, snapshot.Pair);
        if (restored is CheckpointResult.Restored(var state))
        {
            // How the run is judged was settled when it began: a policy that is gone or broken since changes nothing.
            return TakeUp(run.Run, state, now) with
            {
                Scrape = terms?.Scrape ?? ScrapeSettings.FromPod,
                Policy = run.Run.PolicyName,
            };
        }

        if (read is RunTermsResult.Invalid(var problems))
        {
            return new RunSession { SpecError = $"{RunReason.InvalidSpec}: {string.Join("; ", problems)}" };
        }

        var (spec, scrape, policy) = terms!;
        spec = run.Run.Kind == RunKind.Background ? spec with { Deadline = null } : spec;
        var session = restored is CheckpointResult.Unreadable(var why)
            ? BeginAfresh(run, spec, startedAt, now, why)
            : Continue(run, spec, startedAt, snapshot, caches);
        return session with { Scrape = scrape, Policy = policy ?? run.Run.PolicyName };
    }

    private static RunSession TakeUp(AnalysisRun run, AnalysisState state, DateTimeOffset now)
    {
        var entry = RunMemory.EntryOf(run, state);
        return new RunSession
        {
            State = state with { NextRoundAt = now },
            IsTakenUp = true,
            Unwritten = entry.Lines,
            Fork = entry.Fork,
            Origin =
                $"taken up at {now:HH:mm:ss}Z from interval {state.Intervals}; what happened in between is missing",
        };
    }

    /// <summary>A report run may be days old, and its deadline is each step's own: it begins now.</summary>
    private static RunSession BeginAfresh(
        JudgedRun run,
        AnalysisSpec spec,
        DateTimeOffset startedAt,
        DateTimeOffset now,
        string why
    ) =>
        new()
        {
            State = CanaryAnalysis.Start(spec, run.Run.Kind == RunKind.Report ? now : startedAt),
            Origin = $"begun afresh at {now:HH:mm:ss}Z: {why}",
        };

    private static RunTermsResult ReadTerms(JudgedRun run, ClusterCaches caches)
    {
        try
        {
            var @namespace = run.Run.Metadata.Namespace;
            return RunTerms.Read(
                run.Metric.Body(),
                name => caches.Policies.Find(new ObjectKey(@namespace, name))
            );
        }
        catch (FormatException e)
        {
            return new RunTermsResult.Invalid([e.Message]);
        }
    }

    private static RunSession Continue(
        JudgedRun run,
        AnalysisSpec spec,
        DateTimeOffset startedAt,
        RolloutSnapshot snapshot,
        ClusterCaches caches
    )
    {
        foreach (var earlier in EarlierRuns.Of(run.Run, snapshot.Pair, caches))
        {
            if (EarlierRuns.IsOfAnotherAttempt(earlier, run.Run))
            {
                break;
            }

            if (RunAnnotations.Restore(earlier, snapshot.Pair) is CheckpointResult.Restored(var state))
            {
                return new RunSession
                {
                    State = CanaryAnalysis.Start(spec, startedAt, state),
                    Fork = JournalFork.Of(earlier, state, startedAt),
                    Origin = HasEvidence(state) ? $"with the evidence of {earlier.Metadata.Name}" : "",
                };
            }
        }

        return new RunSession { State = CanaryAnalysis.Start(spec, startedAt) };
    }

    /// <summary>
    /// Whether a scrape or a probe told anything: restarts are seen in the pods' status, also where nothing answers.
    /// </summary>
    private static bool HasEvidence(AnalysisState state)
    {
        var scraped = state.Spec.Metrics.Where(metric => metric.Kind != MetricKind.Restarts).Select(
            metric => metric.Name);
        return state
            .Verdict.Metrics.IntersectBy(scraped, estimate => estimate.Metric)
            .Any(estimate => estimate is { CanaryExposure: > 0 } or { StableExposure: > 0 } or { LogEvidence: not 0 });
    }
}
