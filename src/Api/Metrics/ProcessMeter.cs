using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Rollouts.Api.Metrics;

/// <summary>The process figures that every Prometheus client library exposes under these names.</summary>
internal sealed class ProcessMeter
{
    // Asking the system for the resident memory costs as much as writing a hundred series.
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(500);

    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private long _readAt;
    private long _resident;

    private ProcessMeter(TimeProvider clock)
    {
        _clock = clock;
        _resident = Environment.WorkingSet;
        _readAt = clock.GetTimestamp();
    }

    private long Resident
    {
        get
        {
            lock (_lock)
            {
                if (_clock.GetElapsedTime(_readAt) > Freshness)
                {
                    _resident = Environment.WorkingSet;
                    _readAt = _clock.GetTimestamp();
                }

                return _resident;
            }
        }
    }

    public static void Create(Meter meter, TimeProvider clock)
    {
        using var self = Process.GetCurrentProcess();
        var startedAt = new DateTimeOffset(self.StartTime).ToUnixTimeMilliseconds() / 1000.0;
        var process = new ProcessMeter(clock);
        meter.CreateObservableGauge(
            "process.start_time", () => startedAt, "s", "Start of the process since the Unix epoch.");
        meter.CreateObservableCounter(
            "process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "User and system time used.");
        meter.CreateObservableGauge("process.resident_memory", () => process.Resident, "By", "Memory held in RAM.");
    }
}
