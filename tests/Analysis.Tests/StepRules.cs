using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Tests;

/// <summary>Weight steps and runs: what starts anew with each, and what goes on.</summary>
public sealed class StepRules
{
    private static readonly AnalysisSpec Spec = new() { Metrics = [MetricSpec.Named("errors")!] };

    [Fact]
    public void Step_of_the_first_round_is_no_new_step()
    {
        var rollout = new FakeRollout(Spec, 1, 1) { Step = 3 };
        rollout.Now += TimeSpan.FromSeconds(7);
        var state = rollout.Scrape();
        Assert.Equal((3, FakeRollout.Start), (state.Step, state.StepStartedAt));
        Assert.Equal(3, rollout.Run(TimeSpan.FromSeconds(20), FakeRollout.Healthy).Step);
        Assert.Equal(FakeRollout.Start, rollout.State.StepStartedAt);
    }

    [Fact]
    public void New_step_closes_the_interval_under_way_for_the_step_before()
    {
        var rollout = new FakeRollout(Spec, 1, 1);
        rollout.Scrape();
        var before = rollout.Run(TimeSpan.FromSeconds(15), FakeRollout.Healthy);
        rollout.Step = 1;
        var after = rollout.Run(TimeSpan.FromSeconds(2), FakeRollout.Healthy);
        Assert.Equal((1, before.Intervals + 1, 1), (before.Intervals, after.Intervals, after.Step));
        Assert.Equal(rollout.Now, after.LatestInterval!.At);
        Assert.Equal(2 * 60, after.LatestInterval.Canary[0].Requests);
        Assert.Equal(0, after.Metrics[0].InStep.CanaryExposure);
    }

    [Fact]
    public void New_step_at_the_instant_of_an_interval_s_end_closes_nothing_twice()
    {
        var rollout = new FakeRollout(Spec, 1, 1);
        rollout.Scrape();
        var before = rollout.Run(TimeSpan.FromSeconds(10), FakeRollout.Healthy);
        rollout.Step = 1;
        var after = rollout.Scrape();
        Assert.Equal((before.Intervals, 1), (after.Intervals, after.Step));
    }

    [Fact]
    public void Metric_that_is_new_in_the_next_run_starts_fresh_and_the_others_go_on()
    {
        var first = Make.Judged(Spec, 5, [Make.Requests("c", 50, 20)], [Make.Requests("s", 950, 1)]);
        var both = Spec with { Metrics = [MetricSpec.Named("health")!,
            MetricSpec.Named("errors")! with { Gate = .9 }] };
        var next = CanaryAnalysis.Start(both, first.LatestAt, first);
        Assert.Equal((0, first.Metrics[0].LogEvidence), (next.Metrics[0].LogEvidence, next.Metrics[1].LogEvidence));
        Assert.Equal(0, next.Metrics[1].InStep.CanaryExposure);
        Assert.Equal((first.Intervals, first.Origin), (next.Intervals, next.Origin));
        Assert.False(next.Metrics[1].IsGateOpen);
    }
}
