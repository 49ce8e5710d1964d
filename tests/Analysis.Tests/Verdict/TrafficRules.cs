using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests.Verdict;

/// <summary>Traffic that is missing, or not at the same time on both arms: blue-green, weight 100.</summary>
public sealed class TrafficRules
{
    private static readonly AnalysisSpec Spec = new()
    {
        Deadline = TimeSpan.FromSeconds(400),
        Metrics = [MetricSpec.Named("errors")!, MetricSpec.Named("lat_p90")!],
    };

    private static readonly AnalysisSpec Limited = Spec with { Limits = [new LimitSpec("errors", .02, 500)] };

    [Theory]
    [InlineData(100, 100, VerdictReason.NotEnoughEvidence)]
    [InlineData(0, 100, VerdictReason.NoCanaryTraffic)]
    [InlineData(100, 0, VerdictReason.NoComparableTraffic)]
    [InlineData(0, 0, VerdictReason.NoStableTraffic)]
    public void Deadline_names_what_traffic_was_missing(int canary, int stable, string reason)
    {
        var verdict = Make.Judged(
            Spec with { Deadline = TimeSpan.FromSeconds(60) }, 6, [Make.Requests("c", canary)],
                [Make.Requests("s", stable)])
            .Verdict;
        Assert.Equal((Decision.Inconclusive, reason), (verdict.Decision, verdict.Reason));
    }

    [Fact]
    public void Missing_traffic_is_named_only_after_warm_up_and_two_intervals()
    {
        var state = Make.Judged(Spec, 5, [Make.Requests("c", 0)], [Make.Requests("s", 100)]);
        Assert.Equal(VerdictReason.Collecting, state.Verdict.Reason);
        state = Make.Judged(state, 1, [Make.Requests("c", 0)], [Make.Requests("s", 100)]);
        Assert.Equal(
            (Decision.Continue, VerdictReason.NoCanaryTraffic), (state.Verdict.Decision, state.Verdict.Reason));
        Assert.Equal(
            "NoCanaryTraffic: the canary served no request in this step, stable served 600 requests; check the "
            + "weight, the route and the Service",
            state.Verdict.Message);
    }

    [Fact]
    public void Arms_that_serve_by_turns_are_not_comparable()
    {
        var state = CanaryAnalysis.Start(Spec, FakeRollout.Start);
        for (var i = 0; i < 20; i++)
        {
            state = Make.Judged(state, 1, [Make.Requests("c", 50)], [Make.Requests("s", 0)]);
            state = Make.Judged(state, 1, [Make.Requests("c", 0)], [Make.Requests("s", 70)]);
        }

        Assert.Equal(
            "NoComparableTraffic: the arms do not serve requests at the same time: in this step the canary served "
            + "1,000 "
            + "requests, stable served 1,400 requests; an absolute limit in the policy (limits) could decide, and "
            + "there is none",
            state.Verdict.Message);
        Assert.Equal(Decision.Inconclusive, state.Verdict.Decision);
    }

    [Fact]
    public void A_few_requests_that_overlap_a_switch_do_not_make_traffic_comparable()
    {
        var state = Make.Judged(Limited, 2, [Make.Requests("c", 100)], [Make.Requests("s", 100)]);
        state = Make.Judged(state, 2, [Make.Requests("c", 100)], [Make.Requests("s", 0)]);
        Assert.True(Traffic.IsComparable(state));
        state = Make.Judged(state, 26, [Make.Requests("c", 100)], [Make.Requests("s", 0)]);
        Assert.False(Traffic.IsComparable(state));
        Assert.Equal(VerdictReason.LimitsMet, state.Verdict.Reason);
    }

    [Fact]
    public void Strategy_that_sends_all_traffic_to_one_arm_asks_for_no_comparison()
    {
        var before = new FakeRollout(Limited, 1, 2) { ArmsShareTraffic = false };
        before.Scrape();
        var verdict = before.Run(TimeSpan.FromSeconds(400), world => world.Stable.ForEach(pod => pod.Serve(60)))
            .Verdict;
        Assert.Equal(
            (Decision.Inconclusive, VerdictReason.NoComparableTraffic), (verdict.Decision, verdict.Reason));
        Assert.StartsWith(
            "NoComparableTraffic: the arms do not serve requests at the same time: in this step the canary "
            + "served none, stable served",
            verdict.Message, StringComparison.Ordinal);

        var after = new FakeRollout(Limited, 1, 2) { ArmsShareTraffic = false };
        after.Scrape();
        after.Run(TimeSpan.FromSeconds(10), FakeRollout.Healthy);
        verdict = after.Run(TimeSpan.FromSeconds(290), world => world.Canary[0].Serve(60)).Verdict;
        Assert.Equal((Decision.Pass, VerdictReason.LimitsMet), (verdict.Decision, verdict.Reason));
    }

    [Fact]
    public void Requests_are_seen_by_latency_alone_too()
    {
        var spec = Spec with { Metrics = [MetricSpec.Named("lat_p90")!], Deadline = TimeSpan.FromSeconds(20) };
        var verdict = Make.Judged(spec, 2, [Make.Buckets("c", 5, 9)], [Make.Buckets("s", 0, 0)]).Verdict;
        Assert.Equal(
            "NoComparableTraffic: the arms do not serve requests at the same time: in this step the canary served 18 "
            + "requests, stable served none; an absolute limit in the policy (limits) could decide, and there is none",
            verdict.Message);
    }
}
