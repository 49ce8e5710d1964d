using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Runs;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>
/// What becomes of runs that the Rollout controls but that are not current: they are told to end, and deleted when
/// nothing stands behind them any more, even while they run (rollout/analysis.go:120-147,
/// utils/analysis/filter.go:129-184, v1.10).
/// </summary>
internal static class RunRetention
{
    private const int DefaultHistoryLimit = 5;

    /// <param name="resource">
    /// AnalysisRuns, or Experiments, which end by the same field and go by the same rule.
    /// </param>
    public static void Cancel(
        RolloutPass pass, IEnumerable<JsonObject> runs, string resource = ArgoNames.AnalysisRuns)
    {
        foreach (var run in runs)
        {
            if (run.Flag("spec", "terminate") || AnalysisPhase.IsCompleted(run.Text("status", "phase")))
                continue;
            pass.Write(new ClusterWrite.Patch(resource, run.Text("metadata", "name")!,
                new JsonObject { ["spec"] = new JsonObject { ["terminate"] = true } }));
        }
    }

    public static void DeleteOld(
        RolloutPass pass, IEnumerable<JsonObject> runs, string resource = ArgoNames.AnalysisRuns)
    {
        var limits = pass.Rollout.Object("spec", "analysis");
        var successful = limits.Int("successfulRunHistoryLimit") ?? DefaultHistoryLimit;
        var unsuccessful = limits.Int("unsuccessfulRunHistoryLimit") ?? DefaultHistoryLimit;
        foreach (var run in runs.OrderByDescending(run => run.Instant("metadata", "creationTimestamp")))
        {
            if (run.Text("metadata", "deletionTimestamp") is not null)
                continue;
            var isKept = HasReplicaSet(pass, run) && run.Text("status", "phase") switch
            {
                AnalysisPhase.Successful => successful-- > 0,
                AnalysisPhase.Failed or AnalysisPhase.Error or AnalysisPhase.Inconclusive => unsuccessful-- > 0,
                _ => true,
            };
            if (!isKept)
                pass.Write(new ClusterWrite.Delete(resource, run.Text("metadata", "name")!));
        }
    }

    private static bool HasReplicaSet(RolloutPass pass, JsonObject run) =>
        run.Text("metadata", "labels", ArgoNames.HashLabel) is { } hash
        && pass.ReplicaSets.Any(set => set.Hash == hash && !set.IsBeingDeleted);
}
