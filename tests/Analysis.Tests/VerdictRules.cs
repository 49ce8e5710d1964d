using Rollouts.Analysis.Evidence;
using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests;

public sealed class VerdictRules
{
    private static readonly AnalysisSpec Spec = new();

    [Fact]
    public void Healthy_canary_passes_at_the_minimum_step_age()
    {
        var rollout = new FakeRollout(Spec, 2, 5);
        rollout.Scrape();
        var state = rollout.Run(TimeSpan.FromSeconds(295), FakeRollout.Healthy);
        Assert.Equal((Decision.Continue, VerdictReason.Collecting), (state.Verdict.Decision, state.Verdict.Reason));
        state = rollout.Run(TimeSpan.FromSeconds(5), FakeRollout.Healthy);
        Assert.Equal((Decision.Pass, VerdictReason.WithinMargins), (state.Verdict.Decision, state.Verdict.Reason));
    }

    [Fact]
    public void Failing_canary_is_aborted_within_a_minute_and_stays_aborted()
    {
        var rollout = new FakeRollout(Spec, 1, 4);
        rollout.Scrape();
        var state = rollout.Run(TimeSpan.FromSeconds(60), world =>
        {
            world.Canary[0].Serve(20, "500");
            world.Stable.ForEach(pod => pod.Serve(60));
        });
        Assert.Equal((Decision.Abort, VerdictReason.WorseThanStable), (state.Verdict.Decision, state.Verdict.Reason));
        state = rollout.Run(TimeSpan.FromMinutes(6), FakeRollout.Healthy);
        Assert.Equal(Decision.Abort, state.Verdict.Decision);
    }

    [Fact]
    public void Canary_without_traffic_is_inconclusive_at_the_deadline_and_never_failed()
    {
        var rollout = new FakeRollout(Spec with { Deadline = TimeSpan.FromMinutes(6) }, 1, 4);
        rollout.Scrape();
        var state = rollout.Run(TimeSpan.FromMinutes(6), world => world.Stable.ForEach(pod => pod.Serve(60)));
        Assert.Equal(
            (Decision.Inconclusive, VerdictReason.NoCanaryTraffic), (state.Verdict.Decision, state.Verdict.Reason));
    }

    [Fact]
    public void Unreachable_pods_are_named_with_network_policy_and_mesh()
    {
        var rollout = new FakeRollout(Spec with { Deadline = null }, 1, 2);
        rollout.Canary.Concat(rollout.Stable).ToList().ForEach(pod =>
            pod.Instead = new MetricsScrape.Failed("Timeout", "no answer in 2 s"));
        var state = rollout.Run(TimeSpan.FromMinutes(10), _ => { });
        Assert.Equal(
            (Decision.Inconclusive, VerdictReason.ScrapeUnreachable), (state.Verdict.Decision, state.Verdict.Reason));
        Assert.Contains("NetworkPolicy", state.Verdict.Message, StringComparison.Ordinal);
        Assert.Contains("service mesh", state.Verdict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pods_that_export_nothing_known_are_inconclusive_with_no_metrics()
    {
        var rollout = new FakeRollout(Spec with { Deadline = TimeSpan.FromMinutes(6) }, 1, 2);
        rollout.Canary.Concat(rollout.Stable).ToList()
            .ForEach(pod => pod.Instead = new MetricsScrape.Answered([FakePod.Other]));
        var state = rollout.Run(TimeSpan.FromMinutes(6), _ => { });
        Assert.Equal((Decision.Inconclusive, VerdictReason.NoMetrics), (state.Verdict.Decision, state.Verdict.Reason));
    }

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
    public void Crash_loop_of_the_canary_aborts_unless_stable_crashes_too()
    {
        var rollout = new FakeRollout(Spec, 1, 2);
        rollout.Canary[0].InCrashLoop = true;
        rollout.Stable[0].InCrashLoop = true;
        Assert.Equal(Decision.Continue, rollout.Scrape().Verdict.Decision);
        rollout.Stable[0].InCrashLoop = false;
        rollout.Now += TimeSpan.FromMinutes(9);
        Assert.Equal(Decision.Continue, rollout.Scrape().Verdict.Decision);
        rollout.Now += TimeSpan.FromMinutes(1);
        var verdict = rollout.Scrape().Verdict;
        Assert.Equal((Decision.Abort, VerdictReason.CrashLoop), (verdict.Decision, verdict.Reason));
        Assert.Equal(
            "CrashLoop: canary pod c0 is in CrashLoopBackOff; no stable pod was in the last 10 min", verdict.Message);
    }

    [Fact]
    public void Second_kill_for_memory_aborts_and_the_first_does_not()
    {
        var rollout = new FakeRollout(Spec, 1, 2);
        rollout.Canary[0].OutOfMemoryKills = 1;
        rollout.Canary[0].RestartCount = 1;
        Assert.Equal(Decision.Continue, rollout.Run(TimeSpan.FromSeconds(20), _ => { }).Verdict.Decision);
        rollout.Canary[0].RestartCount = 2;
        var verdict = rollout.Run(TimeSpan.FromSeconds(5), _ => { }).Verdict;
        Assert.Equal((Decision.Abort, VerdictReason.OutOfMemory), (verdict.Decision, verdict.Reason));
    }

    [Fact]
    public void Canary_that_is_never_ready_is_aborted_after_ten_minutes_and_not_before()
    {
        var rollout = new FakeRollout(Spec, 1, 2);
        rollout.Canary[0].ReadyAt = null;
        rollout.Canary[0].Instead = new MetricsScrape.NotAsked();
        rollout.Scrape();
        Assert.Equal(Decision.Continue, rollout.Run(TimeSpan.FromSeconds(595), _ => { }).Verdict.Decision);
        var verdict = rollout.Run(TimeSpan.FromSeconds(5), _ => { }).Verdict;
        Assert.Equal((Decision.Abort, VerdictReason.NeverReady), (verdict.Decision, verdict.Reason));
    }

    [Fact]
    public void Canary_that_answers_404_to_everything_is_held()
    {
        var rollout = new FakeRollout(Spec with { Deadline = TimeSpan.FromMinutes(6) }, 1, 4);
        rollout.Scrape();
        var state = rollout.Run(TimeSpan.FromMinutes(6), world =>
        {
            world.Canary[0].Serve(60, "404");
            world.Stable.ForEach(pod => pod.Serve(60));
        });
        Assert.Equal((Decision.Inconclusive, VerdictReason.Held), (state.Verdict.Decision, state.Verdict.Reason));
        Assert.Contains("clientErrors (4xx) 100 % of", state.Verdict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Background_run_passes_and_may_still_abort()
    {
        var rollout = new FakeRollout(Spec with { Deadline = null }, 2, 4);
        rollout.Scrape();
        Assert.Equal(Decision.Pass, rollout.Run(TimeSpan.FromMinutes(6), FakeRollout.Healthy).Verdict.Decision);
        var state = rollout.Run(TimeSpan.FromMinutes(2), world =>
        {
            world.Canary.ForEach(pod => pod.Serve(60, "503"));
            world.Stable.ForEach(pod => pod.Serve(60));
        });
        Assert.Equal(Decision.Abort, state.Verdict.Decision);
    }

    [Fact]
    public void Traffic_after_a_blue_green_switch_cannot_be_compared_and_passes_only_on_a_limit()
    {
        Decision Judge(AnalysisSpec spec, string status)
        {
            var rollout = new FakeRollout(spec, 2, 2);
            rollout.Stable.ForEach(pod => pod.Serve(1000));
            rollout.Scrape();
            return rollout.Run(TimeSpan.FromMinutes(6), world => world.Canary.ForEach(pod => pod.Serve(60, status)))
                .Verdict.Decision;
        }

        var spec = Spec with { Deadline = TimeSpan.FromMinutes(6) };
        var limited = spec with { Limits = [new("errors", .02, 500)] };
        Assert.Equal(Decision.Inconclusive, Judge(spec, "200"));
        Assert.Equal(Decision.Pass, Judge(limited, "200"));
        Assert.Equal(Decision.Abort, Judge(limited, "500"));
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

    [Fact]
    public void Absence_of_the_judge_is_not_silence_of_the_pods()
    {
        var rollout = new FakeRollout(Spec with { Deadline = null }, 1, 2);
        rollout.Scrape();
        rollout.Run(TimeSpan.FromMinutes(1), FakeRollout.Healthy);
        rollout.Now += TimeSpan.FromMinutes(20);
        rollout.Canary[0].Instead = new MetricsScrape.Failed("Timeout", "no answer in 2 s");
        var verdict = rollout.Scrape().Verdict;
        Assert.Equal((Decision.Continue, VerdictReason.ScrapeFailed), (verdict.Decision, verdict.Reason));
        Assert.Equal(
            Decision.Inconclusive, rollout.Run(TimeSpan.FromMinutes(10), FakeRollout.Healthy).Verdict.Decision);
    }

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
