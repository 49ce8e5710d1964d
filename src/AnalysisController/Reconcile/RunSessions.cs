using Rollouts.Analysis;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Journal;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Policy;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>
/// The sessions of one Rollout's live runs: begun fresh, from the run's own checkpoint, or from the evidence of an
/// earlier run of the same pair. A Rollout is reconciled by one worker at a time, so nothing here is contended.
/// </summary>
internal sealed class RunSessions
{
    private readonly Dictionary<string, RunSession> _byRun = [];

    public RunSession this[JudgedRun run]
    {
        get => _byRun[run.Uid];
        set => _byRun[run.Uid] = value;
    }

    /// <summary>Makes sure that every run has a session, and drops those of runs that have ended.</summary>
    public void Follow(RolloutSnapshot snapshot, ClusterCaches caches, DateTimeOffset now)
    {
        foreach (var run in snapshot.Runs)
        {
            if (!_byRun.ContainsKey(run.Uid) && run.Run.Status.StartedAt is { } startedAt)
            {
                _byRun[run.Uid] = Begin(run, startedAt, snapshot, caches, now);
            }
        }

        var live = snapshot.Runs.Select(run => run.Uid).ToHashSet();
        foreach (var ended in _byRun.Keys.Where(uid => !live.Contains(uid)).ToList())
        {
            _byRun.Remove(ended);
        }
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
        RunTerms terms;
        switch (ReadTerms(run, caches))
        {
            case RunTermsResult.Invalid(var problems):
                return new RunSession { SpecError = $"{RunReason.InvalidSpec}: {string.Join("; ", problems)}" };
            case RunTermsResult.Valid(var read):
                terms = read;
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        var spec = run.Run.Kind == RunKind.Background ? terms.Spec with { Deadline = null } : terms.Spec;
        var session = Begin(run, spec, startedAt, snapshot, caches, now);
        return session with { Scrape = terms.Scrape, Policy = terms.Policy ?? run.Run.PolicyName };
    }

    private static RunTermsResult ReadTerms(JudgedRun run, ClusterCaches caches)
    {
        try
        {
            var @namespace = run.Run.Metadata.Namespace;
            return RunTerms.Read(
                run.Metric.Body(run.Run),
                name => caches.Policies.Find(new ObjectKey(@namespace, name))
            );
        }
        catch (FormatException e)
        {
            return new RunTermsResult.Invalid([e.Message]);
        }
    }

    private static RunSession Begin(
        JudgedRun run,
        AnalysisSpec spec,
        DateTimeOffset startedAt,
        RolloutSnapshot snapshot,
        ClusterCaches caches,
        DateTimeOffset now
    )
    {
        return RunAnnotations.Restore(run.Run, snapshot.Pair) switch
        {
            CheckpointResult.Restored(var state) => new RunSession
            {
                State = state with { NextRoundAt = now },
                IsTakenUp = true,
                Unwritten = JournalLine.Latest(state),
                Origin =
                    $"taken up at {now:HH:mm:ss}Z from interval {state.Intervals}; what happened in between is missing",
            },
            CheckpointResult.Unreadable(var why) => new RunSession
            {
                State = CanaryAnalysis.Start(spec, startedAt),
                Origin = $"begun afresh at {now:HH:mm:ss}Z: {why}",
            },
            _ => Continue(run, spec, startedAt, snapshot, caches),
        };
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
                    Fork = new JournalFork(
                        JournalRun.Of(earlier),
                        state.Intervals,
                        JournalLine.Step(startedAt, state.Origin)
                    ),
                    Origin = $"with the evidence of {earlier.Metadata.Name}",
                };
            }
        }

        return new RunSession { State = CanaryAnalysis.Start(spec, startedAt) };
    }
}
