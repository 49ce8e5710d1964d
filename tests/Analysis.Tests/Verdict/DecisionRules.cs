using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests.Verdict;

/// <summary>The order of the rules, and each on its line: just below, at, just above.</summary>
public sealed class DecisionRules
{
    private static readonly MetricSpec Errors = MetricSpec.Named("errors")! with { Gate = 0 };
    private static readonly AnalysisSpec Spec = new() { Metrics = [Errors], MinimumStep = TimeSpan.FromSeconds(20) };

    [Fact]
    public void Abort_comes_at_one_over_alpha()
    {
        PodIncrease[] canary = [Make.Requests("c", 50, 25)], stable = [Make.Requests("s", 950, 1)];
        var total = Make.Judged(Spec, 4, canary, stable).Verdict.LogTotal;
        Assert.Equal(Decision.Abort, DecisionAt(Math.Exp(-total) * 1.000001));
        Assert.Equal(Decision.Continue, DecisionAt(Math.Exp(-total) * .999999));

        Decision DecisionAt(double alpha) =>
            Make.Judged(Spec with { Alpha = alpha }, 4, canary, stable).Verdict.Decision;
    }

    [Fact]
    public void Evidence_at_the_promotion_hold_is_neither_pass_nor_abort()
    {
        var spec = Spec with { HoldPromotionEvidence = 1.5, Deadline = TimeSpan.FromSeconds(30) };
        var state = Make.Judged(spec, 2, [Make.Requests("c", 50, 9)], [Make.Requests("s", 950, 9)]);
        Assert.Equal(
            (Decision.Continue, VerdictReason.EvidenceAgainstCanary), (state.Verdict.Decision, state.Verdict.Reason));
        Assert.Matches(
            @"^EvidenceAgainstCanary: errors \(5xx\) 18 % of 100 .*\. Evidence [\d.]+, abort at 100; no Pass from "
            + @"evidence 1\.5 on$",
            state.Verdict.Message);
        state = Make.Judged(state, 1, [Make.Requests("c", 50, 1)], [Make.Requests("s", 950, 9)]);
        Assert.Equal(
            (Decision.Inconclusive, VerdictReason.EvidenceAgainstCanary),
                (state.Verdict.Decision, state.Verdict.Reason));
    }

    [Fact]
    public void Evidence_is_named_before_a_raised_hold_and_a_raised_hold_before_missing_traffic()
    {
        var spec = Spec with
        {
            HoldPromotionEvidence = 1.5, Deadline = TimeSpan.FromMinutes(30),
            Metrics = [Errors, MetricSpec.Named("clientErrors")!],
        };
        PodIncrease[] stable = [Make.Requests("s", 950, 9) with { ClientErrors = 0 }];
        PodIncrease Canary(int errors) => Make.Requests("c", 50, errors) with { ClientErrors = 45 };
        Assert.Equal(VerdictReason.EvidenceAgainstCanary, Make.Judged(spec, 2, [Canary(9)], stable).Verdict.Reason);
        var held = Make.Judged(spec, 4, [Canary(0)], stable);
        Assert.Equal(VerdictReason.Held, held.Verdict.Reason);
        Assert.Equal(VerdictReason.Held, Make.Judged(held, 1, [], stable).Verdict.Reason);
    }

    [Fact]
    public void Promotion_hold_withholds_a_pass_that_every_margin_would_give()
    {
        var spec = Spec with { Metrics = [Errors with { Margin = .9, Tolerance = 20 }] };
        PodIncrease[] canary = [Make.Requests("c", 1000, 99)], stable = [Make.Requests("s", 1000, 4)];
        var state = Make.Judged(spec, 3, canary, stable);
        var evidence = Math.Exp(state.Verdict.LogTotal);
        Assert.Equal(Decision.Pass, state.Verdict.Decision);
        Assert.Equal(
            Decision.Continue, Make.Judged(spec with { HoldPromotionEvidence = evidence * .9999 }, 3, canary, stable)
                .Verdict.Decision);
        Assert.Equal(
            Decision.Pass,
            Make.Judged(spec with { HoldPromotionEvidence = evidence * 1.0001 }, 3, canary, stable).Verdict.Decision);
    }

    [Fact]
    public void Deadline_comes_at_its_second()
    {
        var spec = Spec with { Deadline = TimeSpan.FromSeconds(50) };
        PodIncrease[] canary = [Make.Requests("c", 10)], stable = [Make.Requests("s", 90)];
        Assert.Equal(Decision.Continue, Make.Judged(spec, 4, canary, stable).Verdict.Decision);
        Assert.Equal(Decision.Inconclusive, Make.Judged(spec, 5, canary, stable).Verdict.Decision);
        Assert.Equal(Decision.Continue, Make.Judged(spec with { Deadline = null }, 500, [], stable).Verdict.Decision);
    }

    [Fact]
    public void Round_that_is_not_later_changes_nothing_but_when_to_look_again()
    {
        var rollout = new FakeRollout(new AnalysisSpec(), 1, 1);
        var before = rollout.Run(TimeSpan.FromSeconds(30), FakeRollout.Healthy);
        rollout.Now -= TimeSpan.FromSeconds(1);
        var after = rollout.Scrape();
        Assert.Equal(before.LatestAt + TimeSpan.FromSeconds(5), after.NextRoundAt);
        Assert.Equal(before.LatestAt + TimeSpan.FromSeconds(5), before.NextRoundAt);
        Assert.Same(before.Verdict, after.Verdict);
    }
}
