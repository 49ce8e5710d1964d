using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests.Verdict;

/// <summary>What a Pass asks, and what withholds it.</summary>
public sealed class PassRules
{
    private static readonly MetricSpec Errors = MetricSpec.Named("errors")! with { Gate = 0 };
    private static readonly AnalysisSpec Spec = new() { Metrics = [Errors], MinimumStep = TimeSpan.FromSeconds(20) };

    [Fact]
    public void Pass_needs_every_metric_with_a_margin()
    {
        var spec = Spec with { Metrics = [Errors,
            MetricSpec.Named("clientErrors")! with { Action = MetricAction.Abort, Margin = .01 }] };
        PodIncrease[] stable = [Make.Requests("s", 9000) with { ClientErrors = 9 }];
        Assert.Equal(
            Decision.Continue,
            Make.Judged(spec, 5, [Make.Requests("c", 1000) with { ClientErrors = 100 }], stable).Verdict.Decision);
        var both = Make.Judged(spec, 5, [Make.Requests("c", 1000) with { ClientErrors = 1 }], stable).Verdict;
        Assert.Equal(Decision.Pass, both.Decision);
        Assert.Contains(
            "(errors 1.5 × stable + 0.5 points, clientErrors 2 × stable + 1 points)", both.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, MetricAction.Abort, Decision.Pass)]
    [InlineData(true, MetricAction.Hold, Decision.Pass)]
    [InlineData(false, MetricAction.Abort, Decision.Continue)]
    [InlineData(false, MetricAction.Hold, Decision.Continue)]
    public void Margin_is_asked_of_what_holds_as_of_what_aborts_and_of_no_dry_run(
        bool dryRun, MetricAction action, Decision decision)
    {
        var spec = Spec with
        {
            Metrics = [Errors, MetricSpec.Named("health")! with { Margin = .001, DryRun = dryRun, Action = action }],
        };
        PodIncrease Pod(string name, int requests) =>
            Make.Requests(name, requests) with { Health = new BadOfAll(0, 1) };
        Assert.Equal(decision, Make.Judged(spec, 4, [Pod("c", 1000)], [Pod("s", 9000)]).Verdict.Decision);
    }

    [Fact]
    public void Metric_that_stable_does_not_export_is_not_asked_once_the_arms_were_compared()
    {
        var spec = Spec with { Metrics = [Errors, MetricSpec.Named("lat_p90")!] };
        Assert.Equal(
            Decision.Pass, Make.Judged(spec, 4, [Make.Requests("c", 1000)], [Make.Requests("s", 9000)])
                .Verdict.Decision);
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
            Metrics = [Errors with { DryRun = true, Name = "errors" },
                MetricSpec.Named("clientErrors")! with { DryRun = true }],
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
}
