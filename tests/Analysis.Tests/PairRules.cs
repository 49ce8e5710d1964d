using Rollouts.Analysis.Evidence;
using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests;

/// <summary>Evidence belongs to a pair of versions, and goes on from run to run.</summary>
public sealed class PairRules
{
    private static readonly AnalysisSpec Spec = new();

    [Fact]
    public void Evidence_is_carried_to_the_next_run_of_the_pair_and_pass_evidence_starts_anew()
    {
        var rollout = new FakeRollout(Spec, 2, 4);
        rollout.Scrape();
        var first = rollout.Run(TimeSpan.FromMinutes(6), FakeRollout.Healthy);
        Assert.Equal(Decision.Pass, first.Verdict.Decision);
        rollout.State = CanaryAnalysis.Start(Spec, rollout.Now, first);
        var second = rollout.Run(TimeSpan.FromSeconds(10), FakeRollout.Healthy);
        Assert.Equal(first.Origin, second.Origin);
        Assert.Equal(first.Intervals + 1, second.Intervals);
        Assert.Equal(Decision.Continue, second.Verdict.Decision);
        Assert.Equal(2 * 2 * 60, second.Verdict.Metrics[0].CanaryExposure);
        Assert.Equal(NoiseOf(first).Interval + 1, NoiseOf(second).Interval);
        Assert.Equal(NoiseOf(first).Pods[0].Exposure + 120, NoiseOf(second).Pods[0].Exposure);
    }

    [Fact]
    public void New_weight_step_closes_the_interval_and_starts_pass_evidence_anew()
    {
        var rollout = new FakeRollout(Spec, 2, 4);
        rollout.Scrape();
        var before = rollout.Run(TimeSpan.FromMinutes(6), FakeRollout.Healthy);
        rollout.Step = 1;
        var after = rollout.Run(TimeSpan.FromSeconds(5), FakeRollout.Healthy);
        Assert.Equal(before.Intervals + 1, after.Intervals);
        Assert.Equal(Decision.Continue, after.Verdict.Decision);
        Assert.Equal(0, after.Verdict.Metrics[0].CanaryExposure);
        Assert.Equal(rollout.Now, after.StepStartedAt);
    }

    private static PodNoise NoiseOf(AnalysisState state) =>
        Assert.IsType<RatioState>(state.Metrics[0]).Ratio.Noise;
}
