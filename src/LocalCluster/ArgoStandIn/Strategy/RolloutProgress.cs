using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>
/// The condition Progressing, and the deadline by which an update has to show some progress
/// (rollout/sync.go, utils/conditions/conditions.go, v1.10).
/// </summary>
internal static class RolloutProgress
{
    public const string Condition = "Progressing";
    public const string Aborted = "RolloutAborted";
    public const string DeadlineExceeded = "ProgressDeadlineExceeded";

    private const string Paused = "RolloutPaused";
    private const int DefaultDeadlineSeconds = 600;

    /// <summary>
    /// Wants the counters, hashes and step index of the new status to be written already, and its pauses not yet: a
    /// deadline that is over may abort.
    /// </summary>
    public static void Write(RolloutPass pass)
    {
        var before = RolloutConditions.Find(pass.Status, Condition);
        if (pass.IsAborted)
        {
            WriteAborted(pass);
            return;
        }
        var isHealthy = RolloutConditions.IsHealthy(pass);
        if (before.Text("reason") == Aborted && !isHealthy
            && pass.Status.Text("abortedAt") is not null && !pass.Status.Flag("abort"))
        {
            RolloutConditions.Set(pass, Condition, null, "RolloutRetry", "Retrying Rollout after abort");
            pass.Emit("RolloutRetry", "Retrying Rollout after abort");
        }
        else if (isHealthy)
        {
            var message = $"ReplicaSet \"{SetName(pass)}\" has successfully progressed.";
            RolloutConditions.Set(pass, Condition, true, "NewReplicaSetAvailable", message);
        }
        else if (pass.IsPausedBySpec || pass.Pauses.Current.Count > 0)
        {
            RolloutConditions.Set(pass, Condition, null, Paused, "Rollout is paused");
        }
        else if (before is null || HasProgressed(pass))
        {
            RolloutConditions.Renew(
                pass, Condition, true, "ReplicaSetUpdated", $"ReplicaSet \"{SetName(pass)}\" is progressing.");
        }
        else if (before.Text("reason") == Paused)
        {
            // The time that a Rollout was paused does not count.
            RolloutConditions.Set(pass, Condition, null, "RolloutResumed", "Rollout is resumed");
        }
        else if (!IsWithoutDeadline(pass))
        {
            CheckDeadline(pass, before);
        }
    }

    private static void WriteAborted(RolloutPass pass)
    {
        var message = $"Rollout aborted update to revision {RolloutConditions.RevisionOf(pass)}";
        if (pass.Pauses.AbortMessage is { } reason)
            message = $"{message}: {reason}";
        if (RolloutConditions.Set(pass, Condition, false, Aborted, message))
            pass.Emit(Aborted, message, isWarning: true);
    }

    /// <summary>Once exceeded it stays so until there is progress again.</summary>
    private static void CheckDeadline(RolloutPass pass, JsonObject before)
    {
        var seconds = pass.Rollout.Int("spec", "progressDeadlineSeconds") ?? DefaultDeadlineSeconds;
        var deadline = before.Instant("lastUpdateTime")?.AddSeconds(seconds);
        if (before.Text("reason") is Aborted)
            return;
        if (before.Text("reason") is not DeadlineExceeded && !(deadline < pass.Now))
        {
            pass.LookAgainAt(deadline?.AddSeconds(1));
            return;
        }
        var message = $"ReplicaSet \"{SetName(pass)}\" has timed out progressing.";
        RolloutConditions.Set(pass, Condition, false, DeadlineExceeded, message);
        // A finished update cannot be aborted: Argo takes such an abort away again (controller.go:596-599).
        if (pass.Rollout.Flag("spec", "progressDeadlineAbort") && !pass.IsFullyPromoted)
        {
            pass.Pauses.Abort(message);
            pass.Emit(Aborted, message, isWarning: true);
        }
    }

    /// <summary>These steps take as long as they take.</summary>
    private static bool IsWithoutDeadline(RolloutPass pass) =>
        pass.CurrentStep is { } step
        && (step.ContainsKey("pause") || step.ContainsKey("analysis") || step.ContainsKey("experiment"));

    /// <summary>
    /// Pods of the new version came or became ready or available, older ones went, a step was done, traffic moved, or
    /// what was healthy is so no more.
    /// </summary>
    private static bool HasProgressed(RolloutPass pass)
    {
        var (old, next) = (pass.Status, pass.Next);
        return Count(old, "updatedReplicas") != Count(next, "updatedReplicas")
            || Older(next) < Older(old)
            || Count(next, "readyReplicas") > Count(old, "readyReplicas")
            || Count(next, "availableReplicas") > Count(old, "availableReplicas")
            || old.Text("stableRS") != next.Text("stableRS")
            || old.Int("currentStepIndex") != next.Int("currentStepIndex")
            || old.Text("currentStepHash") != next.Text("currentStepHash")
            || old.Text("blueGreen", "activeSelector") != next.Text("blueGreen", "activeSelector")
            || old.Text("blueGreen", "previewSelector") != next.Text("blueGreen", "previewSelector")
            || pass.Writes.OfType<ClusterWrite.Create>().Any(write => write.Resource == ArgoNames.ReplicaSets)
            || RolloutConditions.Find(old, "Healthy").Text("status") == "True";
    }

    private static int Older(JsonObject status) => Count(status, "replicas") - Count(status, "updatedReplicas");

    private static int Count(JsonObject status, string field) => status.Int(field) ?? 0;

    private static string SetName(RolloutPass pass) => pass.Latest?.Name ?? pass.Name;
}
