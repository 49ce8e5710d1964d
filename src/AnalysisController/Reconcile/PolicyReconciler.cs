using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Rollouts.Analysis.Verdict;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Policy;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>
/// One pass over one policy: what its status says, and which of its ended report runs have had their time. All of it
/// follows from the caches, so that it may be run at any moment, by any replica that may write.
/// </summary>
internal sealed class PolicyReconciler(ClusterCaches caches, KubernetesClient client, TimeProvider clock)
{
    /// <returns>When the next report run has had its time; null to wait for a change.</returns>
    public async Task<DateTimeOffset?> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (caches.Policies.Find(key) is not { } policy)
        {
            return null;
        }

        var read = PolicyReader.Read(policy);
        var status = StatusOf(policy, read);
        if (!status.Matches(policy.Status))
        {
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["resourceVersion"] = policy.Metadata.ResourceVersion },
                ["status"] = status.ToJson(policy.Status, JsonText.Time(clock.GetUtcNow())),
            };
            try
            {
                var written = await client.PatchStatusAsync(ResourceTypes.CanaryPolicies, key, patch, cancellation);
                caches.Policies.Put(written);
            }
            catch (KubernetesException e) when (e.IsNotFound)
            {
                // Deleted meanwhile; the watch is about to say so.
                return null;
            }
        }

        return read is PolicyResult.Valid(var terms) ? await PruneAsync(terms, cancellation) : null;
    }

    private PolicyStatus StatusOf(CanaryPolicy policy, PolicyResult read)
    {
        var runs = caches
            .AnalysisRuns.In(policy.Metadata.Namespace)
            .Where(run => run.PolicyName == policy.Metadata.Name)
            .OrderBy(run => run.Metadata.CreationTimestamp)
            .ThenBy(run => run.Metadata.Name, StringComparer.Ordinal)
            .ToList();
        var live = runs.FindLast(run => !run.IsCompleted);
        var last = live ?? runs.LastOrDefault();
        return new PolicyStatus(
            policy.Metadata.Generation,
            [Readiness(read), Activity(live), Availability(last)],
            last is null ? null : Describe(last)
        );
    }

    private PolicyCondition Readiness(PolicyResult read)
    {
        if (read is not PolicyResult.Valid(var terms))
        {
            var problems = ((PolicyResult.Invalid)read).Problems;
            return Ready(PolicyCondition.False, RunReason.InvalidSpec, string.Join("; ", problems));
        }

        var policies = PolicySelection.Valid(caches.Policies.In(terms.Metadata.Namespace));
        var chosen = caches
            .Rollouts.In(terms.Metadata.Namespace)
            .Where(terms.Selects)
            .OrderBy(rollout => rollout.Metadata.Name, StringComparer.Ordinal)
            .Select(
                rollout => (rollout.Metadata.Name, By: PolicySelection.For(rollout, policies).FirstOrDefault(terms)))
            .ToList();
        var judged = chosen.Where(choice => choice.By.Name == terms.Name).Select(choice => choice.Name).ToList();
        var lost = chosen
            .Where(choice => choice.By.Name != terms.Name)
            .Select(choice => $"{choice.Name} is judged by policy {choice.By.Name}")
            .ToList();
        return (judged, lost) switch
        {
            ([], []) => Ready(PolicyCondition.False, "NoRollout", "no Rollout of this namespace is selected"),
            ([], _) => Ready(PolicyCondition.False, "Overruled", string.Join("; ", lost)),
            _ => Ready(
                PolicyCondition.True, "Judging", string.Join("; ", [$"judges {string.Join(", ", judged)}", .. lost])),
        };

        static PolicyCondition Ready(string status, string reason, string message) =>
            new(PolicyCondition.Ready, status, reason, JsonText.Bounded(message));
    }

    private static PolicyCondition Activity(AnalysisRun? live) =>
        live is null
            ? new(PolicyCondition.Analyzing, PolicyCondition.False, "Idle", "no update is being judged")
            : new(PolicyCondition.Analyzing, PolicyCondition.True, "Judging", $"see AnalysisRun {live.Metadata.Name}");

    private static PolicyCondition Availability(AnalysisRun? last)
    {
        return last?.Metadata.Annotations.GetValueOrDefault(RunAnnotations.Reason) switch
        {
            null => Available(PolicyCondition.Unknown, RunReason.NotJudged, "nothing has been scraped yet"),
            RunReason.InvalidSpec => Available(PolicyCondition.Unknown, RunReason.InvalidSpec, "nothing was scraped"),
            var reason when VerdictReason.IsWantOfData(reason) => Available(
                PolicyCondition.False,
                reason,
                $"see AnalysisRun {last!.Metadata.Name}"
            ),
            _ => Available(PolicyCondition.True, "Scraped", $"see AnalysisRun {last!.Metadata.Name}"),
        };

        static PolicyCondition Available(string status, string reason, string message) =>
            new(PolicyCondition.MetricsAvailable, status, reason, message);
    }

    private static LastAnalysis Describe(AnalysisRun run)
    {
        var annotations = run.Metadata.Annotations;
        var verdict = annotations.GetValueOrDefault(RunAnnotations.Verdict) ?? nameof(Decision.Continue);
        var reason = annotations.GetValueOrDefault(RunAnnotations.Reason) ?? VerdictReason.Collecting;
        // The status is not written for numbers alone: those of an undecided run would be old ones.
        var message = verdict == nameof(Decision.Continue) && !run.IsCompleted
            ? $"{reason}: under way, see AnalysisRun {run.Metadata.Name}"
            : annotations.GetValueOrDefault(RunAnnotations.Summary) ?? "";
        return new LastAnalysis(
            (run.IsReport ? run.ReportedRollout : run.Metadata.Controller)?.Name ?? "",
            annotations.GetValueOrDefault(ReportRun.RevisionAnnotation) ?? "",
            verdict,
            reason,
            JsonText.Bounded(message),
            JsonText.Time(run.Status.StartedAt ?? run.Metadata.CreationTimestamp ?? DateTimeOffset.UnixEpoch),
            run.Status.CompletedAt is { } at ? JsonText.Time(at) : null,
            run.Metadata.Name
        );
    }

    /// <summary>Deletes ended report runs beyond the history that the policy keeps, Rollout by Rollout.</summary>
    private async Task<DateTimeOffset?> PruneAsync(PolicyTerms terms, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var oldest = now - terms.History.MaxAge;
        DateTimeOffset? next = null;
        var byRollout = caches
            .AnalysisRuns.In(terms.Metadata.Namespace)
            .Where(run => run.IsReport && run.IsCompleted && run.PolicyName == terms.Name)
            .GroupBy(run => run.ReportedRollout?.Uid);
        foreach (var reports in byRollout)
        {
            var newestFirst = reports.OrderByDescending(run => run.Status.CompletedAt).ToImmutableArray();
            for (var i = 0; i < newestFirst.Length; i++)
            {
                if (i == 0 && IsOfUpdateUnderWay(newestFirst[i]))
                {
                    // It says that this update was judged: without it the update would be judged again.
                    continue;
                }

                var endedAt = newestFirst[i].Status.CompletedAt ?? now;
                if (i >= terms.History.Limit || endedAt <= oldest)
                {
                    await DeleteAsync(newestFirst[i], cancellation);
                }
                else if (next is null || endedAt + terms.History.MaxAge < next)
                {
                    next = endedAt + terms.History.MaxAge;
                }
            }
        }

        return next;
    }

    private bool IsOfUpdateUnderWay(AnalysisRun report) =>
        report.ReportedRollout is { Name: var name, Uid: var uid }
        && caches.Rollouts.Find(new ObjectKey(report.Metadata.Namespace, name)) is { } rollout
        && rollout.Metadata.Uid == uid
        && ReplicaSetPair.Of(rollout)?.ToString() == report.Metadata.Annotations.GetValueOrDefault(RunAnnotations.Pair);

    private async Task DeleteAsync(AnalysisRun run, CancellationToken cancellation)
    {
        try
        {
            await client.DeleteAsync(ResourceTypes.AnalysisRuns, run, cancellation);
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            // Somebody was faster.
        }

        caches.AnalysisRuns.Apply(new ResourceEvent<AnalysisRun>.Removed(run));
    }
}
