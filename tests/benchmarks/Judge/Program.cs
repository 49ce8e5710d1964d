using System.Diagnostics;
using System.Globalization;

using Rollouts.Analysis;
using Rollouts.Analysis.Tests;

// Cost of one evidence interval in processor time, so that a busy machine does not blur it, and that it does not grow
// with time: medians over batches of 1,000 intervals.
const int BatchIntervals = 1000;
const double GoalMicroseconds = 20;

Measure(pods: 10, batches: 30);
Measure(pods: 100, batches: 6);
Measure(pods: 1000, batches: 2);
return;

static void Measure(int pods, int batches)
{
    var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    var random = new Random(1);
    var recorded = Enumerable.Range(0, 64).Select(_ => RandomInterval.Of(random, start, pods, pods, .002)).ToArray();
    var state = CanaryAnalysis.Start(new AnalysisSpec { Deadline = null }, start);
    var micros = new List<double>();
    var bytes = new List<double>();
    for (var batch = 0; batch < batches; batch++)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var began = ProcessorTime();
        for (var i = 0; i < BatchIntervals; i++)
        {
            var at = start.AddSeconds(10.0 * ((batch * BatchIntervals) + i + 1));
            state = CanaryAnalysis.Advance(state, recorded[i % recorded.Length] with { At = at });
        }

        micros.Add((ProcessorTime() - began).TotalMicroseconds / BatchIntervals);
        bytes.Add((GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)BatchIntervals);
    }

    var median = Median(micros.Skip(1));
    var timer = ProcessorTime();
    var message = state.Verdict.Message;
    var messageMicros = (ProcessorTime() - timer).TotalMicroseconds;
    timer = ProcessorTime();
    var checkpoint = Checkpoint.Write(state);
    var checkpointMicros = (ProcessorTime() - timer).TotalMicroseconds;
    var shed = checkpoint.Shed.IsEmpty ? "nothing" : string.Join(", ", checkpoint.Shed);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{pods} + {pods} pods, {state.Spec.Metrics.Length} metrics: {median:0.0} µs an interval "
        + $"(first batch {micros[0]:0.0}, last {micros[^1]:0.0}), {bytes[^1]:0} bytes allocated; "
        + $"message of {message.Length} characters {messageMicros:0} µs; "
        + $"checkpoint of {checkpoint.Bytes.Length} bytes {checkpointMicros:0} µs, shed: {shed}"));
    if (pods == 10)
    {
        Console.WriteLine(median <= GoalMicroseconds ? "goal of 20 µs met" : "goal of 20 µs missed");
    }
}

static TimeSpan ProcessorTime()
{
    using var process = Process.GetCurrentProcess();
    return process.TotalProcessorTime;
}

static double Median(IEnumerable<double> values)
{
    var sorted = values.Order().ToArray();
    return sorted[sorted.Length / 2];
}
