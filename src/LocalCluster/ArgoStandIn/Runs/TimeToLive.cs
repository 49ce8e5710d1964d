using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Runs;

/// <summary>
/// When a completed run may be deleted: <c>spec.ttlStrategy</c> counts from completedAt (analysis/analysis.go:826,
/// v1.10). A run that somebody else completed has none, and stays.
/// </summary>
internal static class TimeToLive
{
    public static DateTimeOffset? EndOf(JsonObject run)
    {
        var status = run.Object("status");
        if (!AnalysisPhase.IsCompleted(status.Text("phase")) || run.Object("spec", "ttlStrategy") is not { } strategy)
            return null;
        var seconds = AnalysisPhase.IsBad(status.Text("phase")) ? strategy.Int("secondsAfterFailure")
            : status.Text("phase") == AnalysisPhase.Successful ? strategy.Int("secondsAfterSuccess")
            : null;
        return status.Instant("completedAt") + ToTimeSpan(seconds ?? strategy.Int("secondsAfterCompletion"));
    }

    private static TimeSpan? ToTimeSpan(int? seconds) => seconds is { } count ? TimeSpan.FromSeconds(count) : null;
}
