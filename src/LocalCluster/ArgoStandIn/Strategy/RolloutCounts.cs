using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>
/// The pod counts of the status, and what the scale subresource shows: of a canary all pods, of a blue-green Rollout
/// those that get the traffic (rollout/{canary,bluegreen,sync}.go, v1.10).
/// </summary>
internal static class RolloutCounts
{
    public static void Write(RolloutPass pass)
    {
        var next = pass.Next;
        var active = next.Text("blueGreen", "activeSelector");
        var counted = pass.ReplicaSets;
        if (pass.BlueGreen is not null && counted.FirstOrDefault(set => set.Hash == active) is { } served)
            counted = [served];
        next["replicas"] = pass.ReplicaSets.Sum(item => item.CurrentReplicas);
        next["updatedReplicas"] = pass.Latest?.CurrentReplicas ?? 0;
        next["readyReplicas"] = counted.Sum(item => item.ReadyReplicas);
        next["availableReplicas"] = counted.Sum(item => item.AvailableReplicas);
        next["HPAReplicas"] = counted.Sum(item => item.CurrentReplicas);
        var labels = pass.Rollout.TextMap("spec", "selector", "matchLabels")
            .Select(label => $"{label.Key}={label.Value}");
        if (counted is [var only] && pass.BlueGreen is not null)
            labels = labels.Append($"{ArgoNames.HashLabel}={only.Hash}");
        next["selector"] = string.Join(',', labels);
    }
}
