using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Runs;

/// <summary>A measurement to take now, or to resume when one is in flight.</summary>
internal sealed record MetricTask(MetricSpec Metric, JsonObject? InFlight);

/// <summary>Which measurements are due, when to look again (analysis/analysis.go:150-260, 690-760, v1.10).</summary>
internal static class MetricSchedule
{
    public static readonly TimeSpan ErrorRetryInterval = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<MetricTask> Due(
        IReadOnlyList<MetricSpec> metrics,
        JsonObject status,
        bool terminating,
        DateTimeOffset now,
        ArgoRelease release = ArgoRelease.Current)
    {
        var tasks = new List<MetricTask>();
        foreach (var metric in metrics)
        {
            if (MetricResults.IsCompleted(status, metric.Name))
                continue;
            var last = MetricResults.LastMeasurement(status, metric.Name);
            var isInFlight = last is not null && last.Instant("finishedAt") is null;
            var mayWait = !terminating || release == ArgoRelease.UpTo1_9;
            if (isInFlight && mayWait && last.Instant("resumeAt") > now)
                continue;
            if (isInFlight || (!terminating && IsDue(metric, last, status, now)))
                tasks.Add(new MetricTask(metric, isInFlight ? last : null));
        }
        return tasks;
    }

    /// <returns>Null when only a change of the run can give work.</returns>
    public static DateTimeOffset? NextAt(IReadOnlyList<MetricSpec> metrics, JsonObject status, DateTimeOffset now)
    {
        DateTimeOffset? next = null;
        foreach (var metric in metrics.Where(metric => !MetricResults.IsCompleted(status, metric.Name)))
        {
            var at = NextAt(metric, status, now);
            if (next is null || at < next)
                next = at ?? next;
        }
        return next;
    }

    private static bool IsDue(MetricSpec metric, JsonObject? last, JsonObject status, DateTimeOffset now)
    {
        if (last is null)
            return metric.InitialDelay is not { } delay || status.Instant("startedAt") + delay <= now;
        return !HasReachedCount(metric, status) && last.Instant("finishedAt") + IntervalAfter(metric, last) <= now;
    }

    private static DateTimeOffset? NextAt(MetricSpec metric, JsonObject status, DateTimeOffset now)
    {
        var last = MetricResults.LastMeasurement(status, metric.Name);
        if (last is null)
            return (status.Instant("startedAt") ?? now) + metric.InitialDelay;
        if (last.Instant("finishedAt") is not { } finishedAt)
            return last.Instant("resumeAt");
        if (HasReachedCount(metric, status))
            return null;
        return metric.Interval is null && last.Text("phase") != AnalysisPhase.Error
            ? null
            : finishedAt + IntervalAfter(metric, last);
    }

    private static TimeSpan IntervalAfter(MetricSpec metric, JsonObject last) =>
        last.Text("phase") == AnalysisPhase.Error ? ErrorRetryInterval : metric.Interval ?? ErrorRetryInterval;

    private static bool HasReachedCount(MetricSpec metric, JsonObject status) =>
        metric.EffectiveCount is { } count && (MetricResults.Find(status, metric.Name).Int("count") ?? 0) >= count;
}
