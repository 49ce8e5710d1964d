using Rollouts.Analysis.Observation;
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
            Spec with { Deadline = TimeSpan.FromSeconds(60) }, 6, [Make.Requests("c", canary)], [Make.Requests("s", stable)])
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
            "NoCanaryTraffic: the canary served no request in this step, stable served 600 requests; check the weight, the "
            + "route and the Service",
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
            "NoComparableTraffic: the arms do not serve requests at the same time: in this step the canary served 1,000 "
            + "requests, stable served 1,400 requests; an absolute limit in the policy (limits) could decide, and there is "
            + "none",
            state.Verdict.Message);
        Assert.Equal(Decision.Inconclusive, state.Verdict.Decision);
    }

    [Fact]
    public void Limit_that_is_met_passes_at_the_minimum_step_and_not_before()
    {
        var state = Make.Judged(Limited, 29, [Make.Requests("c", 100)], [Make.Requests("s", 0)]);
        Assert.Equal(
            (Decision.Continue, VerdictReason.NoComparableTraffic), (state.Verdict.Decision, state.Verdict.Reason));
        state = Make.Judged(state, 1, [Make.Requests("c", 100)], [Make.Requests("s", 0)]);
        Assert.Equal((Decision.Pass, VerdictReason.LimitsMet), (state.Verdict.Decision, state.Verdict.Reason));
        Assert.Equal(
            "LimitsMet: no comparable traffic, but every absolute limit is met: errors (5xx) 0 % of 3,000 canary requests, "
            + "limit 2 %",
            state.Verdict.Message);
    }

    [Fact]
    public void Limit_without_its_minimum_of_requests_passes_nothing_and_says_how_many_it_has()
    {
        var verdict = Make.Judged(Limited, 40, [Make.Requests("c", 10)], [Make.Requests("s", 0)]).Verdict;
        Assert.Equal(
            (Decision.Inconclusive, VerdictReason.NoComparableTraffic), (verdict.Decision, verdict.Reason));
        Assert.EndsWith(
            "no absolute limit has its minimum of requests yet: errors has 400 of 500 requests", verdict.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(499, 499, Decision.Continue)]
    [InlineData(500, 10, Decision.Continue)]
    [InlineData(500, 11, Decision.Abort)]
    public void Limit_is_breached_above_it_from_its_minimum_of_requests_on(int requests, int errors, Decision decision) =>
        Assert.Equal(
            decision, Make.Judged(Limited, 1, [Make.Requests("c", requests, errors)], []).Verdict.Decision);

    [Fact]
    public void Limit_breached_aborts_with_concurrent_traffic_too()
    {
        var verdict = Make.Judged(
            Limited, 1, [Make.Requests("c", 1000, 30)], [Make.Requests("s", 1000, 30)]).Verdict;
        Assert.Equal((Decision.Abort, VerdictReason.LimitBreached), (verdict.Decision, verdict.Reason));
        Assert.Equal("LimitBreached: errors (5xx) 3 % of 1,000 canary requests, limit 2 %", verdict.Message);
    }

    [Fact]
    public void Limit_on_slowness_reads_the_bound_that_it_names()
    {
        var spec = Spec with { Limits = [new LimitSpec("lat_p90", .1, 50, .2)] };
        EvidenceInterval Interval(params double[] buckets) =>
            Make.Interval(10, [Make.Buckets("c", buckets)], []) with { BucketBounds = [.1, .25] };
        var start = CanaryAnalysis.Start(spec, FakeRollout.Start);
        Assert.Equal(Decision.Continue, CanaryAnalysis.Advance(start, Interval(0, 90, 100)).Verdict.Decision);
        Assert.Equal(VerdictReason.LimitBreached, CanaryAnalysis.Advance(start, Interval(0, 89, 100)).Verdict.Reason);
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
        var verdict = before.Run(TimeSpan.FromSeconds(400), world => world.Stable.ForEach(pod => pod.Serve(60))).Verdict;
        Assert.Equal(
            (Decision.Inconclusive, VerdictReason.NoComparableTraffic), (verdict.Decision, verdict.Reason));
        Assert.StartsWith(
            "NoComparableTraffic: the arms do not serve requests at the same time: in this step the canary none, stable "
            + "served",
            verdict.Message, StringComparison.Ordinal);

        var after = new FakeRollout(Limited, 1, 2) { ArmsShareTraffic = false };
        after.Scrape();
        after.Run(TimeSpan.FromSeconds(10), FakeRollout.Healthy);
        verdict = after.Run(TimeSpan.FromSeconds(290), world => world.Canary[0].Serve(60)).Verdict;
        Assert.Equal((Decision.Pass, VerdictReason.LimitsMet), (verdict.Decision, verdict.Reason));
    }

    [Fact]
    public void Metrics_that_count_no_requests_need_no_traffic()
    {
        var spec = Spec with { Metrics = [MetricSpec.Named("health")!, MetricSpec.Named("restarts")!] };
        PodIncrease Pod(string name) => new() { Pod = name, Health = new BadOfAll(0, 2), Restarts = new BadOfAll(0, 10) };
        Assert.Equal(Decision.Pass, Make.Judged(spec, 30, [Pod("c")], [Pod("s")]).Verdict.Decision);
    }

    [Fact]
    public void Canary_of_which_nothing_was_seen_never_passes()
    {
        var spec = Spec with { Metrics = [MetricSpec.Named("health")!, MetricSpec.Named("memory")!] };
        var stable = new PodIncrease { Pod = "s", Health = new BadOfAll(0, 2) };
        Assert.Equal(Decision.Continue, Make.Judged(spec, 39, [], [stable]).Verdict.Decision);
        Assert.Equal(
            Decision.Pass, Make.Judged(spec, 30, [Make.Gauge("c", "memory", 1)], [stable]).Verdict.Decision);
    }
}
