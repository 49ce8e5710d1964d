using System.Collections.Immutable;

using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests;

public sealed class GaugeRules
{
    private const double Megabyte = 1e6;

    private static readonly AnalysisSpec Spec = new()
    {
        Deadline = TimeSpan.FromMinutes(45),
        Metrics = [MetricSpec.Named("errors")!, MetricSpec.Named("memory")!],
    };

    [Fact]
    public void Leak_of_the_canary_withholds_pass_and_names_the_slopes()
    {
        var state = Run(Spec, minutes: 45, stablePods: 6, leakPerMinute: 3 * Megabyte, limit: null);
        Assert.Equal((Decision.Inconclusive, VerdictReason.Held), (state.Verdict.Decision, state.Verdict.Reason));
        Assert.Contains("memory: canary pods grow by", state.Verdict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Leak_that_reaches_the_limit_within_an_hour_aborts()
    {
        var state = Run(Spec, minutes: 45, stablePods: 6, leakPerMinute: 3 * Megabyte, limit: 400 * Megabyte);
        Assert.Equal(
            (Decision.Abort, VerdictReason.MemoryLimitProjected), (state.Verdict.Decision, state.Verdict.Reason));
    }

    [Fact]
    public void Pods_without_a_leak_pass() =>
        Assert.Equal(Decision.Pass, Run(Spec, minutes: 45, stablePods: 6, leakPerMinute: 0, limit: 400 * Megabyte)
            .Verdict.Decision);

    [Fact]
    public void Fewer_than_five_stable_pods_say_nothing_about_a_gauge() =>
        Assert.Equal(
            Decision.Pass,
            Run(Spec, minutes: 45, stablePods: 4, leakPerMinute: 9 * Megabyte, limit: 400 * Megabyte).Verdict.Decision);

    private static AnalysisState Run(
        AnalysisSpec spec, int minutes, int stablePods, double leakPerMinute, double? limit)
    {
        var random = new Random(5);
        var state = CanaryAnalysis.Start(spec, FakeRollout.Start);
        for (var i = 1; i <= minutes * 6; i++)
        {
            PodIncrease Pod(string name, double leak) => new()
            {
                Pod = name,
                Requests = 200,
                Errors = 0,
                Gauges = PodIncrease.EmptyGauges.Add(
                    "memory", (300 * Megabyte) + (leak * i / 6) + (Megabyte * random.NextDouble())),
                MemoryLimitBytes = limit,
            };
            state = CanaryAnalysis.Advance(state, new EvidenceInterval
            {
                At = FakeRollout.Start.AddSeconds(10 * i),
                Canary = [Pod("c0", leakPerMinute)],
                Stable = [.. Enumerable.Range(0, stablePods).Select(pod => Pod($"s{pod}", 0)).ToImmutableArray()],
            });
        }

        return state;
    }
}
