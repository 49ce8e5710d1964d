using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests;

/// <summary>What a pod counts, as the judge sees it over rounds.</summary>
public sealed class CounterRules
{
    private static readonly AnalysisSpec Spec = new();

    [Fact]
    public void Counter_reset_on_a_canary_pod_changes_nothing()
    {
        var rollout = new FakeRollout(Spec with { WarmUp = TimeSpan.Zero }, 2, 4);
        rollout.Canary.ForEach(pod => pod.Serve(100_000, "500"));
        rollout.Scrape();
        rollout.Run(TimeSpan.FromSeconds(60), FakeRollout.Healthy);
        rollout.Canary[0].Restart();
        rollout.Canary[0].RestartCount--;
        var state = rollout.Run(TimeSpan.FromSeconds(60), FakeRollout.Healthy);
        Assert.Equal(Decision.Continue, state.Verdict.Decision);
        Assert.Equal(0, state.Verdict.Metrics[0].CanaryValue);
        Assert.Equal(2 * 24 * 60, state.Verdict.Metrics[0].CanaryExposure);
    }

    [Fact]
    public void Warm_up_and_first_scrape_contribute_nothing()
    {
        var rollout = new FakeRollout(Spec, 1, 4);
        rollout.Canary[0].ReadyAt = FakeRollout.Start;
        rollout.Scrape();
        var state = rollout.Run(TimeSpan.FromSeconds(30), world =>
        {
            world.Canary[0].Serve(60, "500");
            world.Stable.ForEach(pod => pod.Serve(60));
        });
        Assert.Equal(0, state.Verdict.Metrics[0].CanaryExposure);
        state = rollout.Run(TimeSpan.FromSeconds(10), FakeRollout.Healthy);
        Assert.Equal(120, state.Verdict.Metrics[0].CanaryExposure);
        Assert.Equal(0, state.Verdict.Metrics[0].CanaryValue);
    }

    [Fact]
    public void A_scrape_that_misses_the_family_does_not_count_it_twice()
    {
        var rollout = new FakeRollout(Spec, 1, 2);
        rollout.Canary[0].Serve(5000);
        rollout.Scrape();
        rollout.Run(TimeSpan.FromSeconds(20), FakeRollout.Healthy);
        rollout.Canary[0].Instead = new MetricsScrape.Answered([FakePod.Other]);
        rollout.Run(TimeSpan.FromSeconds(20), FakeRollout.Healthy);
        rollout.Canary[0].Instead = null;
        Assert.Equal(
            12 * 60, rollout.Run(TimeSpan.FromSeconds(20), FakeRollout.Healthy).Verdict.Metrics[0].CanaryExposure);
    }
}
