using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Tests.Observation;

public sealed class PodLedgerRules
{
    private static readonly AnalysisSpec Spec = new() { WarmUp = TimeSpan.Zero };

    [Fact]
    public void Interval_closes_at_most_a_quarter_of_a_scrape_early()
    {
        Assert.Equal(0, RoundAt(8.7).Intervals);
        Assert.Equal(1, RoundAt(8.75).Intervals);

        static AnalysisState RoundAt(double seconds)
        {
            var state = CanaryAnalysis.Start(Spec, FakeRollout.Start);
            foreach (var at in new[] { 0, 5, seconds })
            {
                state = CanaryAnalysis.Advance(state, new ScrapeRound(FakeRollout.Start.AddSeconds(at), 0, []));
            }

            return state;
        }
    }

    [Fact]
    public void Pod_that_rounds_miss_keeps_what_it_added_and_its_next_increase_covers_the_gap()
    {
        var rollout = new FakeRollout(Spec, 1, 2);
        rollout.Scrape();
        var gone = rollout.Stable[1];
        rollout.Run(TimeSpan.FromSeconds(5), FakeRollout.Healthy);
        rollout.Stable.Remove(gone);
        var interval = rollout.Run(TimeSpan.FromSeconds(5), FakeRollout.Healthy).LatestInterval!;
        Assert.Equal(["s0", "s1"], interval.Stable.Select(pod => pod.Pod));
        Assert.Equal(60, interval.Stable[1].Requests);
        rollout.Run(TimeSpan.FromSeconds(10), FakeRollout.Healthy);
        rollout.Stable.Add(gone);
        gone.Serve(500);
        rollout.Run(TimeSpan.FromSeconds(10), FakeRollout.Healthy);
        interval = rollout.State.LatestInterval!;
        Assert.Equal((620.0, 120.0), (interval.Stable[1].Requests, interval.Stable[0].Requests));
        Assert.Equal(new BadOfAll(0, 25), interval.Stable[1].Restarts);
    }

    [Theory]
    [InlineData(590, 1)]
    [InlineData(610, 0)]
    public void Pod_that_is_gone_for_sixty_intervals_is_forgotten(int seconds, int remembered)
    {
        var rollout = new FakeRollout(Spec, 1, 2);
        rollout.Scrape();
        rollout.Run(TimeSpan.FromSeconds(10), FakeRollout.Healthy);
        rollout.Stable.RemoveAt(1);
        var ledger = rollout.Run(TimeSpan.FromSeconds(seconds), FakeRollout.Healthy).Ledger;
        Assert.Equal(remembered, ledger.Pods.Keys.Count(key => key.Pod == "s1"));
    }

    [Fact]
    public void Pods_that_are_never_in_the_same_round_are_compared()
    {
        var spec = Spec with { ScrapeInterval = TimeSpan.FromSeconds(15), Metrics = [MetricSpec.Named("errors")!] };
        var pods = new FakeRollout(spec, 1, 1);
        var state = CanaryAnalysis.Start(spec, FakeRollout.Start);
        for (var i = 0; i < 20; i++)
        {
            var pod = i % 2 == 0 ? pods.Canary[0] : pods.Stable[0];
            state = CanaryAnalysis.Advance(
                state, new ScrapeRound(FakeRollout.Start.AddSeconds(7.5 * i), 0, [pod.Serve(60).Scrape()]));
        }

        Assert.InRange(state.Verdict.Metrics[0].CanaryExposure, 8 * 60, 9 * 60);
        Assert.InRange(state.Verdict.Metrics[0].StableExposure, 8 * 60, 9 * 60);
    }

    [Fact]
    public void Restarts_count_pod_seconds_and_failed_probes_count_once_warm()
    {
        var rollout = new FakeRollout(Spec with { WarmUp = TimeSpan.FromSeconds(30) }, 1, 1);
        rollout.Canary[0].ReadyAt = FakeRollout.Start;
        rollout.Canary[0].Health = HealthProbe.Fail;
        rollout.Scrape();
        var interval = rollout.Run(TimeSpan.FromSeconds(10), _ => { }).LatestInterval!;
        Assert.Equal((null, new BadOfAll(0, 10)), (interval.Canary[0].Health, interval.Canary[0].Restarts));
        rollout.Canary[0].RestartCount = 2;
        rollout.Run(TimeSpan.FromSeconds(10), _ => { });
        Assert.Equal(new BadOfAll(2, 10), rollout.State.LatestInterval!.Canary[0].Restarts);
        rollout.Run(TimeSpan.FromSeconds(20), _ => { });
        Assert.Equal(new BadOfAll(2, 2), rollout.State.LatestInterval!.Canary[0].Health);
        rollout.Canary[0].ReadyAt = null;
        rollout.Canary[0].Health = HealthProbe.Unknown;
        rollout.Run(TimeSpan.FromSeconds(10), _ => { });
        Assert.Null(rollout.State.LatestInterval!.Canary[0].Health);
    }
}
