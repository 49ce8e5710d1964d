using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Rollouts.Api.Metrics;

/// <summary>The process figures that every Prometheus client library exposes under these names.</summary>
internal static class ProcessMeter
{
    public static void Create(Meter meter)
    {
        using var self = Process.GetCurrentProcess();
        var startedAt = new DateTimeOffset(self.StartTime).ToUnixTimeMilliseconds() / 1000.0;
        meter.CreateObservableGauge(
            "process.start_time",
            () => startedAt,
            "s",
            "Start of the process since the Unix epoch.");
        meter.CreateObservableCounter(
            "process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "User and system time used.");
        meter.CreateObservableGauge(
            "process.resident_memory", () => Environment.WorkingSet, "By", "Memory held in RAM.");
    }
}
