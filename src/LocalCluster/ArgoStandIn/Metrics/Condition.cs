using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Runs;

namespace Rollouts.LocalCluster.ArgoStandIn.Metrics;

/// <summary>Turns a value into a phase by the metric's two conditions (utils/evaluate/evaluate.go, v1.10).</summary>
internal static class Condition
{
    /// <exception cref="FormatException">A condition cannot be read, or is not a yes or no.</exception>
    public static string Judge(MetricSpec metric, JsonNode? result)
    {
        var success = Holds(metric.Json.Text("successCondition"), result);
        var failure = Holds(metric.Json.Text("failureCondition"), result);
        return (success, failure) switch
        {
            (_, true) => AnalysisPhase.Failed,
            (true, _) or (null, false) or (null, null) => AnalysisPhase.Successful,
            (false, null) => AnalysisPhase.Failed,
            (false, false) => AnalysisPhase.Inconclusive,
        };
    }

    private static bool? Holds(string? condition, JsonNode? result)
    {
        if (string.IsNullOrEmpty(condition))
            return null;
        return ConditionParser.Parse(condition)(result) is bool holds
            ? holds
            : throw new FormatException($"expected bool, but got another value from condition \"{condition}\"");
    }
}
