using System.Diagnostics;
using System.Globalization;
using Rollouts.Exposition;
using Rollouts.benchmarks.Exposition;

// How fast a body is read, beside the floor of any reader in this language, which splits the lines and reads the number
// at the end of each, labels untouched. A batch of each in turn, so that a busy machine slows both, and medians of
// processor time. What counts is the ratio.
const int Batches = 15;
const int WarmUps = 40;
const double GoalOfRepeated = 0.25;

foreach (var (name, body) in new[]
{
    ("small service", Bodies.Service(routes: 3)), ("node, 2,000 series", Bodies.Node()),
    ("histograms, 12,000 series", Bodies.Service(routes: 800)),
})
{
    var next = Bodies.Later(body);
    var repeated = new RepeatedReader();
    var turns = Math.Max(1, 4_000_000 / body.Length);
    var floor = new List<double>();
    var first = new List<double>();
    var again = new List<double>();
    long allocated = 0;
    for (var batch = -WarmUps; batch < Batches; batch++)
    {
        // The first batches are for the compiler, which makes code fast only when it has run for a while.
        if (batch == 0)
        {
            floor.Clear();
            first.Clear();
            again.Clear();
        }

        floor.Add(Measure(turns, turn => Floor.Read(turn % 2 == 0 ? body : next)));
        first.Add(Measure(turns, turn => Samples(ExpositionReader.Read(turn % 2 == 0 ? body : next))));
        var before = GC.GetAllocatedBytesForCurrentThread();
        again.Add(Measure(turns, turn => Samples(repeated.Read(turn % 2 == 0 ? body : next))));
        allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / turns;
    }

    var series = Samples(ExpositionReader.Read(body));
    var (limit, cold, warm) = (Median(floor), Median(first), Median(again));
    var goal = limit / warm >= GoalOfRepeated ? "goal met" : "goal missed";
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name}: {body.Length:#,0} bytes, {series:#,0} series; floor {Speed(body, limit):#,0} MB/s, "
        + $"first {Speed(body, cold):#,0} MB/s ({limit / cold:0.00} of the floor), "
        + $"repeated {Speed(body, warm):#,0} MB/s ({limit / warm:0.00}), "
        + $"{(double)allocated / series:0} bytes a series; {goal}: {GoalOfRepeated}"));
}

return;

static double Measure(int turns, Func<int, long> read)
{
    var began = ProcessorTime();
    long sum = 0;
    for (var turn = 0; turn < turns; turn++)
    {
        sum += read(turn);
    }

    var seconds = (ProcessorTime() - began).TotalSeconds / turns;
    return sum > 0 ? seconds : throw new InvalidOperationException("nothing was read");
}

static long Samples(ExpositionResult result) =>
    result is ExpositionResult.Read read
        ? read.Families.Sum(family => family.Samples.Length)
        : throw new InvalidOperationException($"{result}");

static double Speed(byte[] body, double seconds) => body.Length / seconds / 1e6;

static TimeSpan ProcessorTime()
{
    using var process = Process.GetCurrentProcess();
    return process.TotalProcessorTime;
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
