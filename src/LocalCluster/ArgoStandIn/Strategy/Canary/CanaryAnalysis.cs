using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy.Canary;

/// <summary>Which step and background runs a canary has (rollout/analysis.go, v1.10).</summary>
internal static class CanaryAnalysis
{
    public static void Reconcile(RolloutPass pass)
    {
        var runs = new CurrentRuns(pass);
        if (pass.IsAborted || pass.IsPromotingFully || pass.StableHash.Length == 0)
        {
            runs.CancelAll(pass.IsAborted);
            return;
        }
        runs.Hold(RunSlot.Step, StepRun(pass, runs));
        runs.Hold(RunSlot.Background, BackgroundRun(pass, runs));
        runs.Settle();
    }

    private static JsonObject? StepRun(RolloutPass pass, CurrentRuns runs)
    {
        var current = runs.Find(RunSlot.Step);
        // While the Rollout is paused, nobody looks at the phase of a step run.
        if (pass.Pauses.Current.Count > 0)
            return current;
        if (pass.CurrentStep.Object("analysis") is not { } analysis || pass.StepIndex is not { } index)
            return null;
        if (current is not null && current.Int("metadata", "labels", ArgoNames.StepIndexLabel) != index)
            return null;
        if (runs.NeedsNew(current))
            return runs.Create(analysis, RunKind.Step(index));
        runs.React(RunSlot.Step, current);
        return current;
    }

    private static JsonObject? BackgroundRun(RolloutPass pass, CurrentRuns runs)
    {
        var current = runs.Find(RunSlot.Background);
        if (pass.Canary.Object("analysis") is not { } analysis || analysis.Items("templates").Count == 0
            || pass.IsFullyPromoted || pass.StepIndex < analysis.Int("startingStep"))
        {
            return null;
        }
        if (pass.Pauses.Find(PauseChanges.InconclusiveAnalysisRun) is not null)
            return current;
        if (runs.NeedsNew(current))
            return runs.Create(analysis, RunKind.Background);
        runs.React(RunSlot.Background, current);
        return current;
    }
}
