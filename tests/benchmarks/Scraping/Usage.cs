using System.Diagnostics;
using System.Globalization;

namespace Rollouts.benchmarks.Scraping;

/// <summary>What this process has taken of the machine.</summary>
internal static class Usage
{
    public static TimeSpan ProcessorTime()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    /// <summary>The most that was resident at any time, in MiB (proc(5), VmHWM).</summary>
    public static long Resident()
    {
        const string Peak = "VmHWM:";
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Peak, StringComparison.Ordinal));
        return long.Parse(line[Peak.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture)
            / 1024;
    }
}
