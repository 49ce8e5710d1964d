using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Runs;

/// <summary>Reads and writes <c>status.metricResults</c> of an AnalysisRun.</summary>
internal static class MetricResults
{
    public static JsonObject? Find(JsonObject status, string metric) =>
        status.Items("metricResults").FirstOrDefault(result => result.Text("name") == metric);

    public static JsonObject? LastMeasurement(JsonObject status, string metric) =>
        Find(status, metric).Items("measurements") is [.., var last] ? last : null;

    public static bool IsCompleted(JsonObject status, string metric) =>
        AnalysisPhase.IsCompleted(Find(status, metric).Text("phase"));

    /// <summary>
    /// A run ends early when it is told to, or when any result, whether or not its name stands in the spec, went bad
    /// outside dry-run (utils/analysis/helpers.go:84-102, v1.10).
    /// </summary>
    public static bool IsTerminating(JsonObject run, JsonObject status) =>
        run.Flag("spec", "terminate") || status.Items("metricResults").Any(result => !result.Flag("dryRun")
            && result.Text("phase") is AnalysisPhase.Failed or AnalysisPhase.Error or AnalysisPhase.Inconclusive);

    public static JsonObject FindOrAdd(JsonObject status, string metric, bool dryRun)
    {
        if (Find(status, metric) is { } found)
            return found;
        var result = new JsonObject { ["name"] = metric, ["phase"] = AnalysisPhase.Running };
        result.SetFlag("dryRun", dryRun);
        if (status["metricResults"] is not JsonArray results)
            status["metricResults"] = results = [];
        results.Add(result);
        return result;
    }

    /// <summary>Adds a measurement, or puts it in the place of the last one; counts it when it is complete.</summary>
    public static void Record(JsonObject result, JsonObject measurement, bool replacesLast, DateTimeOffset now)
    {
        var phase = measurement.Text("phase");
        if (AnalysisPhase.IsCompleted(phase))
        {
            if (measurement.Instant("finishedAt") is null)
                measurement["finishedAt"] = now.ToWire();
            Count(result, phase!);
        }
        if (result["measurements"] is not JsonArray measurements)
            result["measurements"] = measurements = [];
        if (replacesLast && measurements.Count > 0)
            measurements[^1] = measurement;
        else
            measurements.Add(measurement);
    }

    private static void Count(JsonObject result, string phase)
    {
        if (phase == AnalysisPhase.Error)
        {
            Increment(result, "error");
            Increment(result, "consecutiveError");
            result.Remove("consecutiveSuccess");
            return;
        }
        Increment(result, "count");
        result.Remove("consecutiveError");
        switch (phase)
        {
            case AnalysisPhase.Successful:
                Increment(result, "successful");
                Increment(result, "consecutiveSuccess");
                break;
            case AnalysisPhase.Failed:
                Increment(result, "failed");
                result.Remove("consecutiveSuccess");
                break;
            default:
                Increment(result, "inconclusive");
                result.Remove("consecutiveSuccess");
                break;
        }
    }

    private static void Increment(JsonObject result, string counter) =>
        result.SetCount(counter, (result.Int(counter) ?? 0) + 1);
}
