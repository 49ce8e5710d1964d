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
    public void Profile_is_named_where_both_arms_export_the_same()
    {
        var rollout = new FakeRollout(Spec, 1, 1);
        rollout.Canary[0].Instead = new MetricsScrape.Answered([FakePod.Other]);
        rollout.Scrape();
        Assert.Null(rollout.Run(TimeSpan.FromSeconds(10), FakeRollout.Healthy).Profile);
        rollout.Canary[0].Instead = null;
        Assert.Equal("OpenTelemetry", rollout.Run(TimeSpan.FromSeconds(10), FakeRollout.Healthy).Profile);
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
}
