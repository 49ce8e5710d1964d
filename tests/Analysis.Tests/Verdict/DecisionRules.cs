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
            @"^EvidenceAgainstCanary: errors \(5xx\) 18 % of 100 .*\. Evidence [\d.]+, abort at 100; no Pass from evidence "
            + @"1\.5 on$",
            state.Verdict.Message);
        state = Make.Judged(state, 1, [Make.Requests("c", 50, 1)], [Make.Requests("s", 950, 9)]);
        Assert.Equal(
            (Decision.Inconclusive, VerdictReason.EvidenceAgainstCanary), (state.Verdict.Decision, state.Verdict.Reason));
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
            Decision.Continue, Make.Judged(spec with { HoldPromotionEvidence = evidence * .9999 }, 3, canary, stable).Verdict.Decision);
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
    public void Pass_needs_every_metric_with_a_margin()
    {
        var spec = Spec with { Metrics = [Errors, MetricSpec.Named("clientErrors")! with { Action = MetricAction.Abort, Margin = .01 }] };
        PodIncrease[] stable = [Make.Requests("s", 9000) with { ClientErrors = 9 }];
        Assert.Equal(
            Decision.Continue,
            Make.Judged(spec, 5, [Make.Requests("c", 1000) with { ClientErrors = 100 }], stable).Verdict.Decision);
        var both = Make.Judged(spec, 5, [Make.Requests("c", 1000) with { ClientErrors = 1 }], stable).Verdict;
        Assert.Equal(Decision.Pass, both.Decision);
        Assert.Contains(
            "(errors 1.5 × stable + 0.5 points, clientErrors 2 × stable + 1 points)", both.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, MetricAction.Abort)]
    [InlineData(false, MetricAction.Hold)]
    public void Dry_run_and_hold_are_not_asked_for_a_margin(bool dryRun, MetricAction action)
    {
        var spec = Spec with
        {
            Metrics = [Errors, MetricSpec.Named("health")! with { Margin = .001, DryRun = dryRun, Action = action }],
        };
        PodIncrease Pod(string name, int requests) => Make.Requests(name, requests) with { Health = new BadOfAll(0, 1) };
        Assert.Equal(Decision.Pass, Make.Judged(spec, 4, [Pod("c", 1000)], [Pod("s", 9000)]).Verdict.Decision);
    }

    [Fact]
    public void Metric_that_stable_does_not_export_is_not_asked_once_the_arms_were_compared()
    {
        var spec = Spec with { Metrics = [Errors, MetricSpec.Named("lat_p90")!] };
        Assert.Equal(
            Decision.Pass, Make.Judged(spec, 4, [Make.Requests("c", 1000)], [Make.Requests("s", 9000)]).Verdict.Decision);
        var none = Spec with { Metrics = [MetricSpec.Named("lat_p90")!, MetricSpec.Named("clientErrors")!] };
        PodIncrease Pod(string name) => Make.Requests(name, 1000) with { ClientErrors = 0 };
        Assert.Equal(Decision.Continue, Make.Judged(none, 40, [Pod("c")], [Pod("s")]).Verdict.Decision);
    }

    [Fact]
    public void Dry_run_is_shown_and_neither_aborts_nor_holds()
    {
        PodIncrease[] canary = [Make.Requests("c", 1000, 900) with { ClientErrors = 900 }];
        PodIncrease[] stable = [Make.Requests("s", 9000) with { ClientErrors = 0 }];
        var dry = Spec with
        {
            Metrics = [Errors with { DryRun = true, Name = "errors" }, MetricSpec.Named("clientErrors")! with { DryRun = true }],
        };
        var verdict = Make.Judged(dry, 10, canary, stable).Verdict;
        Assert.NotEqual(Decision.Abort, verdict.Decision);
        Assert.NotEqual(VerdictReason.Held, verdict.Reason);
        Assert.True(verdict.Metrics[0].LogEvidence > 5);
        Assert.Equal((.9, 0.0), (verdict.Metrics[0].CanaryValue, verdict.Metrics[0].StableValue));
    }

    [Fact]
    public void Hold_that_is_raised_is_lifted_when_it_falls_again()
    {
        var spec = Spec with { Metrics = [Errors, MetricSpec.Named("clientErrors")!] };
        PodIncrease[] stable = [Make.Requests("s", 9000) with { ClientErrors = 0 }];
        var held = Make.Judged(spec, 4, [Make.Requests("c", 1000) with { ClientErrors = 500 }], stable);
        Assert.Equal((Decision.Continue, VerdictReason.Held), (held.Verdict.Decision, held.Verdict.Reason));
        Assert.EndsWith("; action Hold: Pass is withheld", held.Verdict.Message, StringComparison.Ordinal);
        var lifted = Make.Judged(held, 200, [Make.Requests("c", 1000) with { ClientErrors = 0 }], stable);
        Assert.Equal(Decision.Pass, lifted.Verdict.Decision);
    }

    [Fact]
    public void Estimates_show_what_each_metric_uses()
    {
        var spec = Spec with { Metrics = [Errors with { Tolerance = 2 }, MetricSpec.Named("memory")!] };
        var pods = Enumerable.Range(0, 5).Select(i => Make.Requests($"s{i}", 1000, i * 9)).ToArray();
        var verdict = Make.Judged(spec, 30, [Make.Requests("c", 100, 2)], pods).Verdict;
        Assert.True(verdict.Metrics[0].Tolerance > 2.5);
        Assert.Equal((1.5, null, null), (verdict.Metrics[1].Tolerance, verdict.Metrics[1].CanaryValue, verdict.Metrics[1].StableValue));
        Assert.Equal((3000.0, 150_000.0), (verdict.Metrics[0].CanaryExposure, verdict.Metrics[0].StableExposure));
        Assert.Equal(1, verdict.Metrics[1].Discount);
    }

    [Fact]
    public void Bounds_are_given_by_name_and_only_for_ratios()
    {
        var spec = Spec with { Metrics = [Errors, MetricSpec.Named("memory")!] };
        var state = Make.Judged(spec, 20, [Make.Requests("c", 100, 10)], [Make.Requests("s", 900, 9)]);
        var bounds = MetricBounds.Of(state, "errors")!;
        Assert.InRange(bounds.DifferenceLower, .01, .09);
        Assert.InRange(bounds.DifferenceUpper, .09, .3);
        Assert.InRange(bounds.RatioLower, 2, 10);
        Assert.InRange(bounds.RatioUpper, 10, 50);
        Assert.Null(MetricBounds.Of(state, "memory"));
        Assert.Null(MetricBounds.Of(state, "speed"));
    }

    [Fact]
    public void Never_ready_counts_from_the_run_or_from_the_first_canary_pod_whichever_is_later()
    {
        var rollout = new FakeRollout(new AnalysisSpec(), 0, 1);
        rollout.Run(TimeSpan.FromMinutes(3), FakeRollout.Healthy);
        rollout.Canary.Add(new FakePod("c0", Arm.Canary) { ReadyAt = null, Instead = new MetricsScrape.NotAsked() });
        Assert.Equal(Decision.Continue, rollout.Run(TimeSpan.FromMinutes(10), FakeRollout.Healthy).Verdict.Decision);
        Assert.Equal(
            VerdictReason.NeverReady, rollout.Run(TimeSpan.FromSeconds(5), FakeRollout.Healthy).Verdict.Reason);

        rollout.State = CanaryAnalysis.Start(new AnalysisSpec(), rollout.Now, rollout.State);
        Assert.Equal(
            Decision.Continue, rollout.Run(TimeSpan.FromSeconds(595), FakeRollout.Healthy).Verdict.Decision);
        Assert.Equal(
            "NeverReady: no canary pod was Ready within 10 min",
            rollout.Run(TimeSpan.FromSeconds(5), FakeRollout.Healthy).Verdict.Message);
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
