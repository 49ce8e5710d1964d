using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>
/// <c>status.conditions</c> of a Rollout, Progressing aside (rollout/sync.go, utils/conditions/conditions.go, v1.10).
/// </summary>
internal static class RolloutConditions
{
    /// <summary>Wants counters, hashes, step index and pauses of the new status to be written already.</summary>
    public static void Write(RolloutPass pass)
    {
        Remove(pass.Next, "InvalidSpec");
        var isHealthy = IsHealthy(pass);
        if (isHealthy || Find(pass.Next, "Healthy") is not null)
        {
            var message = isHealthy ? "Rollout is healthy" : "Rollout is not healthy";
            Set(pass, "Healthy", isHealthy, "RolloutHealthy", message);
        }
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
    public static int RevisionOf(RolloutPass pass) =>
        Math.Max(pass.Latest?.Revision ?? 0, RolloutRevision.Newest(pass));

    public static bool IsHealthy(RolloutPass pass)
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
    /// <param name="holds">Null for unknown.</param>
    /// <returns>Whether it was written.</returns>
    public static bool Set(RolloutPass pass, string type, bool? holds, string reason, string message)
    {
        var current = Find(pass.Next, type);
        if (current is not null && current.Text("status") == StatusOf(holds) && current.Text("reason") == reason)
            return false;
        Renew(pass, type, holds, reason, message);
        return true;
    }

    /// <summary>Writes a condition with a new time, also where it stands like this already.</summary>
    public static void Renew(RolloutPass pass, string type, bool? holds, string reason, string message)
    {
        var status = StatusOf(holds);
        var current = Find(pass.Next, type);
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
    }

    private static string StatusOf(bool? holds) => holds switch
    {
        true => "True",
        false => "False",
        null => "Unknown",
    };

    private static void Remove(JsonObject status, string type)
    {
        if (Find(status, type) is { } condition)
            ((JsonArray)status["conditions"]!).Remove(condition);
    }
}
