using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary><c>status.conditions</c> of a Rollout (rollout/sync.go, utils/conditions/conditions.go, v1.10).</summary>
internal static class RolloutConditions
{
    private const string True = "True";
    private const string False = "False";
    private const string Progressing = "Progressing";

    /// <summary>Wants the counters, hashes and step index of the new status to be written already.</summary>
    public static void Write(RolloutPass pass)
    {
        Remove(pass.Next, "InvalidSpec");
        var isHealthy = IsHealthy(pass);
        if (isHealthy || Find(pass.Next, "Healthy") is not null)
        {
            var message = isHealthy ? "Rollout is healthy" : "Rollout is not healthy";
            Set(pass, "Healthy", isHealthy, "RolloutHealthy", message);
        }
        WriteProgressing(pass, isHealthy);
        WritePaused(pass);
        var isAvailable = (pass.Next.Int("availableReplicas") ?? 0) >= pass.Replicas;
        Set(pass, "Available", isAvailable, "AvailableReason",
            isAvailable ? "Rollout has minimum availability" : "Rollout does not have minimum availability");
        WriteCompleted(pass);
    }

    public static void WriteInvalid(RolloutPass pass, string message) =>
        Set(pass, "InvalidSpec", true, "InvalidSpec", message);

    public static JsonObject? Find(JsonObject status, string type) =>
        status.Items("conditions").FirstOrDefault(condition => condition.Text("type") == type);

    private static void WriteProgressing(RolloutPass pass, bool isHealthy)
    {
        var set = pass.Latest?.Name ?? pass.Name;
        if (pass.IsAborted)
        {
            var message = $"Rollout aborted update to revision {RevisionOf(pass)}";
            if (pass.Pauses.AbortMessage is { } reason)
                message = $"{message}: {reason}";
            if (Set(pass, Progressing, false, "RolloutAborted", message))
                pass.Emit("RolloutAborted", message, isWarning: true);
        }
        else if (Find(pass.Status, Progressing).Text("reason") == "RolloutAborted" && !isHealthy
            && pass.Status.Text("abortedAt") is not null && !pass.Status.Flag("abort"))
        {
            Set(pass, Progressing, true, "RolloutRetry", "Retrying Rollout after abort");
            pass.Emit("RolloutRetry", "Retrying Rollout after abort");
        }
        else if (isHealthy)
        {
            var message = $"ReplicaSet \"{set}\" has successfully progressed.";
            Set(pass, Progressing, true, "NewReplicaSetAvailable", message);
        }
        else if (pass.Pauses.Current.Count == 0 && !pass.IsPausedBySpec)
        {
            Set(pass, Progressing, true, "ReplicaSetUpdated", $"ReplicaSet \"{set}\" is progressing.");
        }
    }

    private static void WritePaused(RolloutPass pass)
    {
        var isPaused = pass.IsPausedBySpec || pass.Next.Items("pauseConditions").Count > 0;
        if (isPaused || Find(pass.Next, "Paused") is not null)
            Set(pass, "Paused", isPaused, "RolloutPaused", "Rollout is paused");
        var (before, after) = (pass.Pauses.Current, pass.Next.Items("pauseConditions"));
        if (before.Count == 0 && after.Count > 0)
            pass.Emit("RolloutPaused", $"Rollout is paused ({after[0].Text("reason")})");
        else if (before.Count > 0 && after.Count == 0 && !pass.IsAborted)
            pass.Emit("RolloutResumed", "Rollout is resumed");
    }

    private static void WriteCompleted(RolloutPass pass)
    {
        var hash = pass.Next.Text("currentPodHash");
        var isCompleted = pass.Next.Text("stableRS") is { Length: > 0 } stable && stable == hash;
        if (Set(pass, "Completed", isCompleted, "RolloutCompleted", "RolloutCompleted") && !isCompleted)
        {
            pass.Emit("RolloutNotCompleted",
                $"Rollout not completed, started update to revision {RevisionOf(pass)} ({hash})");
        }
    }

    /// <summary>The revision that is being rolled out, also before its ReplicaSet has it.</summary>
    private static int RevisionOf(RolloutPass pass) =>
        Math.Max(pass.Latest?.Revision ?? 0, RolloutRevision.Newest(pass));

    private static bool IsHealthy(RolloutPass pass)
    {
        var next = pass.Next;
        var isPaused = pass.IsPausedBySpec || pass.Pauses.Current.Count > 0;
        var hasAllSteps = pass.Steps.Count == 0 || next.Int("currentStepIndex") == pass.Steps.Count;
        return !isPaused && hasAllSteps
            && next.Text("stableRS") == next.Text("currentPodHash")
            && (next.Int("updatedReplicas") ?? 0) == pass.Replicas
            && (next.Int("availableReplicas") ?? 0) >= pass.Replicas
            && HasAllTraffic(pass);
    }

    /// <summary>Where traffic is routed, older pods may live on for a while without getting any.</summary>
    private static bool HasAllTraffic(RolloutPass pass) => pass.BlueGreen is null
        ? pass.HasTrafficRouting || (pass.Next.Int("replicas") ?? 0) == pass.Replicas
        : pass.Next.Text("blueGreen", "activeSelector") == pass.Next.Text("currentPodHash");

    /// <summary>A condition that stands with this status and reason is left as it is, message and all.</summary>
    private static bool Set(RolloutPass pass, string type, bool holds, string reason, string message)
    {
        var status = holds ? True : False;
        var current = Find(pass.Next, type);
        if (current is not null && current.Text("status") == status && current.Text("reason") == reason)
            return false;
        var transitionAt = current.Text("status") == status ? current.Text("lastTransitionTime") : null;
        Remove(pass.Next, type);
        if (pass.Next["conditions"] is not JsonArray conditions)
            pass.Next["conditions"] = conditions = [];
        conditions.Add(new JsonObject
        {
            ["type"] = type,
            ["status"] = status,
            ["reason"] = reason,
            ["message"] = message,
            ["lastUpdateTime"] = pass.Now.ToWire(),
            ["lastTransitionTime"] = transitionAt ?? pass.Now.ToWire(),
        });
        return true;
    }

    private static void Remove(JsonObject status, string type)
    {
        if (Find(status, type) is { } condition)
            ((JsonArray)status["conditions"]!).Remove(condition);
    }
}
