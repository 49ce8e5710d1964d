using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy.Canary;

/// <summary>One step of a canary, as it is named in events.</summary>
internal static class CanaryStep
{
    /// <summary>The kinds of step that this stand-in plays.</summary>
    public static bool IsPlayed(JsonObject step) => Describe(step) != "invalid";

    public static string Describe(JsonObject step)
    {
        if (step.Int("setWeight") is { } weight)
            return $"setWeight: {weight}";
        if (step.Object("pause") is { } pause)
            return pause["duration"] is { } duration ? $"pause: {duration}" : "pause";
        return step.Object("analysis") is null ? "invalid" : "analysis";
    }
}
