using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary><c>status.phase</c> and <c>status.message</c> (utils/rollout/rolloututil.go, v1.10).</summary>
internal static class RolloutPhase
{
    public static (string Phase, string Message) Of(RolloutPass pass)
    {
        var next = pass.Next;
        if (RolloutConditions.Find(next, "InvalidSpec") is { } invalid)
            return ("Degraded", $"InvalidSpec: {invalid.Text("message")}");
        var progress = RolloutConditions.Find(next, RolloutProgress.Condition);
        if (progress.Text("reason") is (RolloutProgress.Aborted or RolloutProgress.DeadlineExceeded) and var reason)
            return ("Degraded", $"{reason}: {progress.Text("message")}");
        if (pass.IsPausedBySpec)
            return ("Paused", "manually paused");
        if (next.Items("pauseConditions") is [var pause, ..])
            return ("Paused", pause.Text("reason") ?? "");
        return Waiting(pass, next) is { } message ? ("Progressing", message) : ("Healthy", "");
    }

    private static string? Waiting(RolloutPass pass, JsonObject next)
    {
        var updated = next.Int("updatedReplicas") ?? 0;
        if (updated < pass.Replicas)
            return "more replicas need to be updated";
        if ((next.Int("availableReplicas") ?? 0) < updated)
            return "updated replicas are still becoming available";
        var isPromoted = next.Text("stableRS") is { Length: > 0 } stable && stable == next.Text("currentPodHash");
        if (pass.BlueGreen is not null)
        {
            if (next.Text("blueGreen", "activeSelector") != next.Text("currentPodHash"))
                return "active service cutover pending";
            return isPromoted ? null : "waiting for analysis to complete";
        }
        if (!pass.HasTrafficRouting && (next.Int("replicas") ?? 0) > updated)
            return "old replicas are pending termination";
        return isPromoted ? null : "waiting for all steps to complete";
    }
}
