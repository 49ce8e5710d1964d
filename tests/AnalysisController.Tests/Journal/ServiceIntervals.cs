using System.Collections.Immutable;
using Rollouts.Analysis.Observation;

namespace Rollouts.AnalysisController.Tests.Journal;

/// <summary>
/// Lines of the journal as the controller gathers them of a service in ten seconds: some hundred requests a pod,
/// fifteen
/// latency buckets, latencies around 30 ms, probes, restarts. By seed.
/// </summary>
internal static class ServiceIntervals
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ImmutableArray<double> Bounds =
        [.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10];

    public static ImmutableArray<string> Lines(int count, int podsOfAnArm) =>
        [.. Enumerable.Range(1, count).Select(i => Line(i, podsOfAnArm, seed: i))];

    public static string Line(int number, int podsOfAnArm, int seed)
    {
        var random = new Random(seed);
        return IntervalLine.Write(
            new EvidenceInterval
            {
                At = Start.AddSeconds(10 * number).AddTicks(random.Next(100_000)),
                BucketBounds = Bounds,
                Canary = Pods("cart-6f9c7d5b84", podsOfAnArm, random),
                Stable = Pods("cart-77fc9f5bfc", podsOfAnArm, random),
            },
            Start
        );
    }

    private static ImmutableArray<PodIncrease> Pods(string set, int count, Random random) =>
        [.. Enumerable.Range(0, count).Select(i => Pod($"{set}-{NameOf(i)}", random))];

    /// <summary>Five letters that look random and are the same in each interval.</summary>
    private static string NameOf(int pod)
    {
        var random = new Random(pod);
        return string.Concat(Enumerable.Range(0, 5).Select(_ => "bcdfghjklmnpqrstvwxz2456789"[random.Next(27)]));
    }

    private static PodIncrease Pod(string name, Random random)
    {
        var latencies = Enumerable.Range(0, random.Next(200, 600)).Select(_ => .03 * Math.Exp(Normal(random))).ToList();
        return new PodIncrease
        {
            Pod = name,
            Requests = latencies.Count,
            Errors = latencies.Count(_ => random.NextDouble() < .002),
            ClientErrors = random.Next(10),
            Buckets =
            [
                .. Bounds.Select(bound => (double)latencies.Count(latency => latency <= bound)),
                latencies.Count,
            ],
            Health = new BadOfAll(0, 2),
            Restarts = new BadOfAll(0, 10 + (random.Next(100_000) / 1e7)),
            MemoryLimitBytes = 512 << 20,
        };
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
