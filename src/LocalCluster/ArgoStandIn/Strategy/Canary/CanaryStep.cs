using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy.Canary;

/// <summary>One step of a canary, as it is named in events.</summary>
internal static class CanaryStep
{
    public const string Played = "setWeight, setCanaryScale, pause, analysis and experiment";

    /// <summary>The kinds of step that this stand-in plays.</summary>
    public static bool IsPlayed(JsonObject step) => Describe(step) != "invalid";

    public static string Describe(JsonObject step)
    {
        if (step.Int("setWeight") is { } weight)
            return $"setWeight: {weight}";
        if (step.Object("pause") is { } pause)
            return pause["duration"] is { } duration ? $"pause: {duration}" : "pause";
        if (step.Object("setCanaryScale") is not null)
            return "setCanaryScale";
        if (step.Object("experiment") is not null)
            return "experiment";
        return step.Object("analysis") is null ? "invalid" : "analysis";
    }

    /// <summary>
    /// The last setCanaryScale at or before the current step; null when the weight decides. An abort ends it, unless
    /// the canary is to stay up.
    /// </summary>
    public static JsonObject? CanaryScale(RolloutPass pass)
    {
        var staysUp = pass.Canary.Int("abortScaleDownDelaySeconds") == 0;
        if (pass.CurrentStep is null || (pass.IsAborted && !staysUp))
            return null;
        var scale = pass.Steps.Take(pass.StepIndex!.Value + 1).Select(step => step.Object("setCanaryScale"))
            .LastOrDefault(found => found is not null);
        return scale.Flag("matchTrafficWeight") ? null : scale;
    }
}
