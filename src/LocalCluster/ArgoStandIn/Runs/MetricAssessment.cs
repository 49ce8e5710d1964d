using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Runs;

/// <summary>A metric's phase by its counters and last measurement (analysis/analysis.go:557-690, v1.10).</summary>
internal static class MetricAssessment
{
    /// <summary>A counter that exceeds its limit; the later check wins over the earlier one.</summary>
    public readonly record struct Excess(string? Phase, string Message);

    public static string Phase(MetricSpec metric, JsonObject result, bool terminating)
    {
        if (AnalysisPhase.IsCompleted(result.Text("phase")))
            return result.Text("phase")!;
        if (result.Items("measurements") is not [.., var last])
            return terminating ? AnalysisPhase.Successful : AnalysisPhase.Pending;
        if (!AnalysisPhase.IsCompleted(last.Text("phase")))
            return AnalysisPhase.Running;
        if (ExcessOf(metric, result).Phase is { } bad)
            return bad;
        if (metric.ConsecutiveSuccessLimit > 0 && Count(result, "consecutiveSuccess") >= metric.ConsecutiveSuccessLimit)
            return AnalysisPhase.Successful;
        if (metric.EffectiveCount is { } count && Count(result, "count") >= count)
            return metric.ConsecutiveSuccessLimit > 0 ? AnalysisPhase.Inconclusive : AnalysisPhase.Successful;
        return terminating ? AnalysisPhase.Successful : AnalysisPhase.Running;
    }

    public static Excess ExcessOf(MetricSpec metric, JsonObject result)
    {
        var excess = new Excess(null, "");
        // A negative failureLimit switches the check off (since 1.8).
        if (metric.FailureLimit >= 0 && Count(result, "failed") > metric.FailureLimit)
            excess = new(AnalysisPhase.Failed, Message(result, "failed", "failureLimit", metric.FailureLimit));
        if (Count(result, "inconclusive") > metric.InconclusiveLimit)
        {
            excess = new(AnalysisPhase.Inconclusive,
                Message(result, "inconclusive", "inconclusiveLimit", metric.InconclusiveLimit));
        }
        if (Count(result, "consecutiveError") > metric.ConsecutiveErrorLimit)
        {
            excess = new(AnalysisPhase.Error, $"consecutiveErrors ({Count(result, "consecutiveError")}) > "
                + $"consecutiveErrorLimit ({metric.ConsecutiveErrorLimit})");
        }
        return excess;
    }

    private static string Message(JsonObject result, string counter, string limitName, int limit) =>
        $"{counter} ({Count(result, counter)}) > {limitName} ({limit})";

    private static int Count(JsonObject result, string counter) => result.Int(counter) ?? 0;
}
