using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Tests.Metrics;

public sealed class WeightRules
{
    private static readonly AnalysisSpec Spec = new()
    {
        Metrics =
        [
            MetricSpec.Named("errors")! with { Weight = 3 },
            MetricSpec.Named("health")! with { Weight = 1 },
            MetricSpec.Named("restarts")! with { Weight = 4, DryRun = true },
            MetricSpec.Named("clientErrors")! with { Weight = 2 },
            MetricSpec.Named("classes")! with { Weight = 4 },
        ],
    };

    [Fact]
    public void Shares_of_the_whole_spec_hold_until_stable_has_requests_whatever_the_canary_has()
    {
        var state = CanaryAnalysis.Start(Spec, FakeRollout.Start);
        Assert.Equal([3 / 8.0, 1 / 8.0, 0, 0, 4 / 8.0], SharesOf(state));
        state = Make.Judged(state, 3, [Make.Requests("c", 100)], [Make.Requests("s", 0)]);
        Assert.False(state.AreWeightsFixed);
        Assert.Equal([3 / 8.0, 1 / 8.0, 0, 0, 4 / 8.0], SharesOf(state));
        state = Make.Judged(state, 1, [], [Make.Requests("s", 100)]);
        Assert.True(state.AreWeightsFixed);
        Assert.Equal([1.0, 0, 0, 0, 0], SharesOf(state));
    }

    [Fact]
    public void Shares_are_renormalised_once_to_what_stable_exports()
    {
        var state = Make.Judged(
            Spec, 1, [Make.Requests("c", 10)], [Make.Requests("s", 100) with { Health = new BadOfAll(0, 1) }]);
        Assert.True(state.AreWeightsFixed);
        Assert.Equal([3 / 4.0, 1 / 4.0, 0, 0, 0], SharesOf(state));
        state = Make.Judged(state, 1, [Make.Classes("c", 1, 1)], [Make.Classes("s", 1, 1)]);
        Assert.Equal([3 / 4.0, 1 / 4.0, 0, 0, 0], SharesOf(state));
    }

    [Fact]
    public void Next_run_of_the_pair_keeps_the_shares_that_were_fixed()
    {
        var first = Make.Judged(Spec, 1, [Make.Requests("c", 10)], [Make.Requests("s", 100)]);
        Assert.Equal([1.0, 0, 0, 0, 0], SharesOf(CanaryAnalysis.Start(Spec, first.LatestAt, first)));
    }

    [Fact]
    public void Metrics_that_need_no_requests_are_weighed_as_soon_as_stable_exports_one()
    {
        var spec = Spec with { Metrics = [Spec.Metrics[1], MetricSpec.Named("restarts")! with { Weight = 1 }] };
        var state = Make.Judged(spec, 1, [], [Make.Requests("s", 100)]);
        Assert.False(state.AreWeightsFixed);
        state = Make.Judged(spec, 1, [], [new PodIncrease { Pod = "s", Health = new BadOfAll(0, 1) }]);
        Assert.True(state.AreWeightsFixed);
        Assert.Equal([1.0, 0], SharesOf(state));
    }

    [Fact]
    public void Evidence_is_the_weighted_mean_of_the_metrics_whose_gate_is_open()
    {
        var spec = Spec with { Metrics = [Spec.Metrics[0], Spec.Metrics[1]] };
        PodIncrease[] canary = [Make.Requests("c", 100, 50) with { Health = new BadOfAll(1, 2) }];
        var open = Make.Judged(
            spec, 2, canary, [Make.Requests("s", 900, 9) with { Health = new BadOfAll(0, 2) }]).Verdict;
        Assert.Equal(
            (.75 * Math.Exp(open.Metrics[0].LogEvidence)) + (.25 * Math.Exp(open.Metrics[1].LogEvidence)),
            Math.Exp(open.LogTotal), 1e-9);
        var closed = Make.Judged(
            spec, 2, canary, [Make.Requests("s", 900, 9) with { Health = new BadOfAll(2, 2) }]).Verdict;
        Assert.False(closed.Metrics[1].GateOpen);
        Assert.Equal(.75 * Math.Exp(closed.Metrics[0].LogEvidence), Math.Exp(closed.LogTotal), 1e-9);
    }

    private static double[] SharesOf(AnalysisState state) =>
        [.. state.LogWeights.Select(log => Math.Round(Math.Exp(log), 12))];
}
