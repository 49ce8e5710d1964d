using System.Collections.Immutable;

using Rollouts.Analysis.Observation;

namespace Rollouts.Analysis.Tests;

/// <summary>Evidence intervals by seed.</summary>
internal static class RandomInterval
{
    public static EvidenceInterval Of(
        Random random, DateTimeOffset at, int canary, int stable, double ratio, int generation = 0) => new()
    {
        At = at,
        Canary = [.. Pods(random, "c", canary, ratio, generation)],
        Stable = [.. Pods(random, "s", stable, .002, generation)],
        BucketBounds = [.05, .1, .25, .5, 1],
    };

    private static ImmutableArray<PodIncrease> Pods(
        Random random, string prefix, int count, double ratio, int generation) =>
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            var requests = random.Next(50, 150);
            var buckets = new double[6];
            for (var k = 0; k < 6; k++)
            {
                buckets[k] = k == 5 ? requests
                    : Math.Max(k == 0 ? 0 : buckets[k - 1], Math.Round(requests * (k + 1) / 6.2));
            }

            var bad = Enumerable.Range(0, requests).Count(_ => random.NextDouble() < ratio);
            return new PodIncrease
            {
                Pod = $"{prefix}-{generation}-{i}",
                Requests = requests,
                Errors = bad,
                ClientErrors = 0,
                Buckets = [.. buckets],
                Health = new BadOfAll(0, 2),
                Restarts = new BadOfAll(0, 10),
                Classes = [requests - bad, bad],
                Ratios = PodIncrease.EmptyRatios.Add("refused", new BadOfAll(bad, requests)),
                Gauges = PodIncrease.EmptyGauges.Add("memory", 1e8 + random.NextDouble()),
            };
        }).OrderBy(pod => pod.Pod, StringComparer.Ordinal),
    ];
}
