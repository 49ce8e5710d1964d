using System.Collections.Immutable;

using Rollouts.Analysis.Observation;

namespace Rollouts.Analysis.Tests;

/// <summary>Evidence intervals in few words.</summary>
internal static class Make
{
    /// <summary>An interval that ends so many seconds after the start.</summary>
    public static EvidenceInterval Interval(double seconds, PodIncrease[] canary, PodIncrease[] stable) => new()
    {
        At = FakeRollout.Start.AddSeconds(seconds),
        Canary = [.. canary],
        Stable = [.. stable],
    };

    public static PodIncrease Requests(string pod, double requests, double errors = 0) =>
        new() { Pod = pod, Requests = requests, Errors = errors };

    public static PodIncrease Buckets(string pod, params double[] cumulative) =>
        new() { Pod = pod, Buckets = [.. cumulative] };

    public static PodIncrease Classes(string pod, params double[] counts) => new() { Pod = pod, Classes = [.. counts] };

    public static PodIncrease Gauge(string pod, string name, double reading, double? memoryLimit = null) =>
        new() { Pod = pod, Gauges = PodIncrease.EmptyGauges.Add(name, reading), MemoryLimitBytes = memoryLimit };

    /// <summary>The judge after the same interval, again and again, every ten seconds.</summary>
    public static AnalysisState Judged(AnalysisSpec spec, int intervals, PodIncrease[] canary, PodIncrease[] stable) =>
        Judged(CanaryAnalysis.Start(spec, FakeRollout.Start), intervals, canary, stable);

    /// <summary>The same, from a state on.</summary>
    public static AnalysisState Judged(AnalysisState from, int intervals, PodIncrease[] canary, PodIncrease[] stable)
    {
        var seconds = (from.LatestAt - FakeRollout.Start).TotalSeconds;
        return Enumerable.Range(1, intervals).Aggregate(
            from, (state, i) => CanaryAnalysis.Advance(state, Interval(seconds + (10 * i), canary, stable)));
    }

    public static ImmutableArray<double> Numbers(params double[] numbers) => [.. numbers];
}
