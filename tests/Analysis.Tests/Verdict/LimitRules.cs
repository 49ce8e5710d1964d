using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests.Verdict;

/// <summary>Absolute limits: alone where arms cannot be compared, beside the evidence where they can.</summary>
public sealed class LimitRules
{
    private static readonly AnalysisSpec Spec = new()
    {
        Deadline = TimeSpan.FromSeconds(400),
        Metrics = [MetricSpec.Named("errors")!, MetricSpec.Named("lat_p90")!],
    };

    private static readonly AnalysisSpec Limited = Spec with { Limits = [new LimitSpec("errors", .02, 500)] };

    [Fact]
    public void Limit_that_is_met_passes_at_the_minimum_step_and_not_before()
    {
        var state = Make.Judged(Limited, 29, [Make.Requests("c", 100)], [Make.Requests("s", 0)]);
        Assert.Equal(
            (Decision.Continue, VerdictReason.NoComparableTraffic), (state.Verdict.Decision, state.Verdict.Reason));
        state = Make.Judged(state, 1, [Make.Requests("c", 100)], [Make.Requests("s", 0)]);
        Assert.Equal((Decision.Pass, VerdictReason.LimitsMet), (state.Verdict.Decision, state.Verdict.Reason));
        Assert.Equal(
            "LimitsMet: no comparable traffic, but every absolute limit is met: errors (5xx) 0 % of 3,000 canary "
            + "requests, limit 2 %",
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
    public void Limit_is_breached_above_it_from_its_minimum_of_requests_on(
        int requests, int errors, Decision decision) =>
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
}
