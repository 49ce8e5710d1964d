using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Tests.Metrics;

public sealed class CarriedEvidence
{
    private static readonly MetricSpec Errors = MetricSpec.Named("errors")!;
    private static readonly MetricSpec Tail = MetricSpec.Named("lat_p99")!;

    public static TheoryData<string, MetricSpec, MetricSpec, bool> Changes { get; } = new()
    {
        { "margin", Errors, Errors with { Margin = .5, Gate = .2, Weight = 1 }, true },
        { "bettors", Tail, Tail with { UsesTanh = false }, false },
        { "quantile", Tail, Tail with { Quantile = .95 }, false },
        { "kind", Errors, Errors with { Kind = MetricKind.ClientErrors }, false },
        { "source", Tail, Tail with { Source = new MetricSource.Histogram("db") }, false },
        { "tolerance", Tail, Tail with { Tolerance = 3 }, true },
    };

    [Theory, MemberData(nameof(Changes))]
    public void Evidence_goes_on_under_a_changed_spec_only_where_it_keeps_its_meaning(
        string change, MetricSpec before, MetricSpec after, bool goesOn)
    {
        Assert.NotEmpty(change);
        var pod = new PodIncrease
        {
            Pod = "p", Requests = 300, Errors = 100, Buckets = Make.Numbers(100, 300, 300),
        };
        var state = MetricState.Start(before);
        for (var i = 0; i < 3; i++)
        {
            state = state.Update(
                Make.Interval(10, [pod], [pod with { Errors = 0, Buckets = Make.Numbers(300, 300, 300) }]), 0);
        }

        Assert.NotEqual(0, state.LogEvidence);
        var carried = state.Under(after);
        Assert.Equal(goesOn ? state.LogEvidence : 0, carried.LogEvidence);
        Assert.Equal(after, carried.Spec);
    }

    [Fact]
    public void New_tolerance_holds_from_the_next_interval_on()
    {
        var state = (RatioState)MetricState.Start(Errors).Under(Errors with { Tolerance = 4, Clip = 2, Margin = null });
        Assert.Equal((4, 2, null), (state.Ratio.Terms.Tolerance, state.Ratio.Terms.Clip, state.Ratio.Terms.Margin));
    }

    [Fact]
    public void Pod_that_lacks_a_metric_is_left_out_of_it()
    {
        var state = MetricState.Start(Errors).Update(
            Make.Interval(10, [Make.Requests("c", 10, 1), new PodIncrease { Pod = "d" }],
                [new PodIncrease { Pod = "s" }]), 0);
        Assert.Equal(new BadOfAll(1, 10), state.CanaryInStep);
        Assert.False(state.IsExported);
        Assert.True(state.Update(Make.Interval(20, [], [Make.Requests("s", 0)]), 0).IsExported);
    }

    [Fact]
    public void Gauge_and_classes_carry_their_state_too()
    {
        var gauge = MetricState.Start(MetricSpec.Named("memory")!);
        Assert.Equal(.5, gauge.Under(MetricSpec.Named("memory")! with { Gate = .5 }).Spec.Gate);
        var classes = (ClassState)MetricState.Start(MetricSpec.Named("classes")!)
            .Under(MetricSpec.Named("classes")! with { Gate = .5 });
        Assert.Equal(.5, classes.Drift.Gate);
    }
}
