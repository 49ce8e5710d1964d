using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests.Verdict;

public sealed class EstimateRules
{
    private static readonly MetricSpec Errors = MetricSpec.Named("errors")! with { Gate = 0 };
    private static readonly AnalysisSpec Spec = new() { Metrics = [Errors], MinimumStep = TimeSpan.FromSeconds(20) };

    [Fact]
    public void Estimates_show_what_each_metric_uses()
    {
        var spec = Spec with { Metrics = [Errors with { Tolerance = 2 }, MetricSpec.Named("memory")!] };
        var pods = Enumerable.Range(0, 5).Select(i => Make.Requests($"s{i}", 1000, i * 9)).ToArray();
        var verdict = Make.Judged(spec, 30, [Make.Requests("c", 100, 2)], pods).Verdict;
        Assert.True(verdict.Metrics[0].Tolerance > 2.5);
        Assert.Equal((1.5, null, null),
            (verdict.Metrics[1].Tolerance, verdict.Metrics[1].CanaryValue, verdict.Metrics[1].StableValue));
        Assert.Equal((3000.0, 150_000.0), (verdict.Metrics[0].CanaryExposure, verdict.Metrics[0].StableExposure));
        Assert.Equal(1, verdict.Metrics[1].Discount);
    }

    [Fact]
    public void Estimate_shows_the_discount_that_slow_noise_brings()
    {
        var state = CanaryAnalysis.Start(Spec, FakeRollout.Start);
        for (var i = 0; i < 200; i++)
        {
            var high = i % 100 < 50 ? 8 : 0;
            state = Make.Judged(
                state, 1, [Make.Requests("c", 100, 4)],
                [Make.Requests("a", 100, high), Make.Requests("b", 100, 8 - high), Make.Requests("d", 100, 4)]);
        }

        Assert.InRange(state.Verdict.Metrics[0].Discount, .01, .2);
    }

    [Fact]
    public void Bounds_are_given_by_name_and_only_for_ratios()
    {
        var spec = Spec with { Metrics = [Errors with { DryRun = true }, MetricSpec.Named("memory")!] };
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
    public void Bounds_are_those_of_the_abort_whatever_comes_after_it()
    {
        var aborted = Make.Judged(Spec, 10, [Make.Requests("c", 100, 50)], [Make.Requests("s", 900, 9)]);
        Assert.Equal(Decision.Abort, aborted.Verdict.Decision);
        var later = Make.Judged(aborted, 10, [Make.Requests("c", 100, 0)], [Make.Requests("s", 900, 9)]);
        Assert.Equal(MetricBounds.Of(aborted, "errors"), MetricBounds.Of(later, "errors"));
    }
}
