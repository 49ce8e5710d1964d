using Rollouts.Analysis.Observation;

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
    public void Pod_that_vanishes_keeps_what_it_added_and_its_return_starts_anew()
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
        Assert.Equal((60.0, 120.0), (interval.Stable[1].Requests, interval.Stable[0].Requests));
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
