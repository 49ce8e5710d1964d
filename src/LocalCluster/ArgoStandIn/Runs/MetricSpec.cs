using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Runs;

/// <summary>One metric of an AnalysisRun, read with Argo's defaults.</summary>
internal sealed record MetricSpec(JsonObject Json)
{
    /// <summary>utils/defaults/defaults.go, v1.10.</summary>
    private const int DefaultConsecutiveErrorLimit = 4;

    public string Name => Json.Text("name") ?? "";
    public TimeSpan? InitialDelay => GoDuration.Read(Json.Text("initialDelay"));
    public TimeSpan? Interval => GoDuration.Read(Json.Text("interval"));
    public int FailureLimit => Json.Int("failureLimit") ?? 0;
    public int InconclusiveLimit => Json.Int("inconclusiveLimit") ?? 0;
    public int ConsecutiveErrorLimit => Json.Int("consecutiveErrorLimit") ?? DefaultConsecutiveErrorLimit;

    /// <summary>Zero means that the limit is not used.</summary>
    public int ConsecutiveSuccessLimit => Json.Int("consecutiveSuccessLimit") ?? 0;

    /// <summary>How many measurements end the metric; null when it runs until it is stopped.</summary>
    public int? EffectiveCount => Json.Int("count") is > 0 and var count ? count
        : string.IsNullOrEmpty(Json.Text("interval")) ? 1
        : null;
}
