using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy.Canary;

/// <summary>
/// <c>status.canary.weights</c>, which traffic follows; only with trafficRouting (rollout/trafficrouting.go, v1.10).
/// </summary>
internal static class CanaryWeights
{
    public static void Reconcile(RolloutPass pass, string stableHash)
    {
        if (!pass.HasTrafficRouting)
        {
            pass.SetStatus("canary", "weights", null);
            return;
        }
        var weight = Weight(pass);
        pass.SetStatus("canary", "weights", new JsonObject
        {
            ["canary"] = Arm(weight, pass.LatestHash, pass.Canary.Text("canaryService")),
            ["stable"] = Arm(100 - weight, stableHash, pass.Canary.Text("stableService")),
        });
        if (pass.Status.Int("canary", "weights", "canary", "weight") is { } before && before != weight)
            pass.Emit("TrafficWeightUpdated", $"Traffic weight updated from {before} to {weight}");
    }

    private static int Weight(RolloutPass pass)
    {
        if (!pass.HasSeparateStable || pass.Latest is not { AvailableReplicas: > 0 })
            return 0;
        if (pass.IsAborted)
            return pass.ScalesStableDynamically ? WeightBeyondStable(pass) : 0;
        if (CanaryCounts.AreReached(pass))
            return CanaryCounts.Weight(pass);
        // The canary is not ready for the new weight: the one before stays.
        return pass.StepIndex is > 0 and var step ? CanaryCounts.WeightAt(pass, step - 1) : 0;
    }

    /// <summary>
    /// A stable set that was scaled down gets back what its available pods can bear, no faster (v1.8; later versions
    /// also go down the steps one by one).
    /// </summary>
    private static int WeightBeyondStable(RolloutPass pass)
    {
        var borne = pass.Replicas == 0 ? 100 : 100 * pass.Stable!.AvailableReplicas / pass.Replicas;
        var current = pass.Status.Int("canary", "weights", "canary", "weight") ?? 0;
        return Math.Min(current, Math.Max(0, 100 - borne));
    }

    private static JsonObject Arm(int weight, string hash, string? service)
    {
        var arm = new JsonObject { ["weight"] = weight, ["podTemplateHash"] = hash };
        arm.SetText("serviceName", service);
        return arm;
    }
}
