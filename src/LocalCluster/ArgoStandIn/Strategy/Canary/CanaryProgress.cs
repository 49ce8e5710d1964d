using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Runs;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy.Canary;

/// <summary>Moves a canary through pauses and steps to its promotion (rollout/{canary,sync}.go, v1.10).</summary>
internal static class CanaryProgress
{
    /// <summary>Starts the pause of a pause step, once.</summary>
    public static void ReconcilePause(RolloutPass pass)
    {
        if (pass.IsPausedBySpec || pass.IsPromotingFully || pass.IsAborted
            || pass.CurrentStep.Object("pause") is not { } pause)
        {
            return;
        }
        var condition = pass.Pauses.Find(PauseChanges.CanaryPauseStep);
        if (condition is not null)
        {
            pass.LookAgainAt(condition.Instant("startTime") + Duration(pause));
        }
        else if (!pass.Pauses.IsPausedByController)
        {
            pass.Pauses.Add(PauseChanges.CanaryPauseStep);
            pass.LookAgainAt(pass.Now + Duration(pause));
        }
    }

    public static void Advance(RolloutPass pass)
    {
        if (PromotionReason(pass) is { } reason)
        {
            RolloutRevision.Promote(pass, reason);
            return;
        }
        var index = pass.StepIndex;
        if (index is null)
        {
            pass.Next.Remove("currentStepIndex");
            return;
        }
        if (pass.IsAborted)
        {
            pass.Next["currentStepIndex"] = pass.IsFullyPromoted ? pass.Steps.Count : 0;
            return;
        }
        if (pass.CurrentStep is { } step && IsCompleted(pass))
        {
            index++;
            pass.SetStatus(RunSlot.Step.Strategy, RunSlot.Step.Field, null);
            pass.SetStatus("canary", "currentExperiment", null);
            pass.Emit("RolloutStepCompleted",
                $"Rollout step {index}/{pass.Steps.Count} completed ({CanaryStep.Describe(step)})");
            pass.Pauses.Remove(PauseChanges.CanaryPauseStep);
        }
        pass.Next["currentStepIndex"] = index.Value;
    }

    /// <summary>Why the latest ReplicaSet becomes the stable one now; null when it does not.</summary>
    private static string? PromotionReason(RolloutPass pass)
    {
        if (pass.Stable is null)
            return pass.Latest is null ? null : "Initial deploy";
        if (pass.IsAborted || pass.Latest?.AvailableReplicas != pass.Replicas)
            return null;
        if (pass.IsPromotingFully)
            return "Full promotion requested";
        return pass.StepIndex is { } index && index < pass.Steps.Count
            ? null
            : $"Completed all {pass.Steps.Count} canary steps";
    }

    private static bool IsCompleted(RolloutPass pass)
    {
        var isInconclusive = pass.Pauses.HasAdded
            || pass.Pauses.Find(PauseChanges.InconclusiveAnalysisRun) is not null
            || pass.Pauses.Find(PauseChanges.InconclusiveExperiment) is not null;
        if (pass.IsPausedBySpec || isInconclusive)
            return false;
        var step = pass.CurrentStep!;
        if (step.Object("pause") is { } pause)
            return IsPauseOver(pass, pause);
        if (step.Int("setWeight") is not null || step.Object("setCanaryScale") is not null)
            return CanaryCounts.AreReached(pass);
        if (step.Object("experiment") is not null)
            return CanaryExperiment.Current(pass).Text("status", "phase") == AnalysisPhase.Successful;
        var run = pass.Next.Text("canary", "currentStepAnalysisRunStatus", "status");
        return step.Object("analysis") is not null && run == AnalysisPhase.Successful;
    }

    /// <summary>A person resumes by taking the pause condition away: controllerPause is still set then.</summary>
    private static bool IsPauseOver(RolloutPass pass, JsonObject pause)
    {
        var condition = pass.Pauses.Find(PauseChanges.CanaryPauseStep);
        if (condition is null)
            return pass.Pauses.IsPausedByController;
        return condition.Instant("startTime") + Duration(pause) <= pass.Now;
    }

    /// <summary>Seconds as a number or text, or a Go duration; null pauses until somebody resumes.</summary>
    private static TimeSpan? Duration(JsonObject pause) =>
        pause.Int("duration") is { } seconds ? TimeSpan.FromSeconds(seconds) : GoDuration.Read(pause.Text("duration"));
}
