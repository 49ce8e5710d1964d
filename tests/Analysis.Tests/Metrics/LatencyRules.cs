using System.Collections.Immutable;

using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Tests.Metrics;

public sealed class LatencyRules
{
    private static readonly ImmutableArray<double> Bounds = [.1, .5, 1];

    [Fact]
    public void Boundary_comes_from_the_intervals_before_and_judges_the_next()
    {
        var state = Weighed(Start(), [Make.Buckets("c", 0, 5, 9, 10)], [Make.Buckets("s", 150, 195, 199, 200)]);
        Assert.Null(state.Boundary);
        Assert.Equal(0, state.InStep.CanaryExposure);
        state = Weighed(state, [Make.Buckets("c", 0, 5, 9, 10)], [Make.Buckets("s", 20, 28, 30, 30)]);
        Assert.Equal(1, state.Boundary);
        Assert.Equal((5, 10, 2, 30), (state.InStep.CanaryBad, state.InStep.CanaryExposure, state.InStep.StableBad,
            state.InStep.StableExposure));
        Assert.Equal(Make.Numbers(60, 7, 1), state.PastExceeded);
        Assert.Equal(230, state.PastRequests);
    }

    [Fact]
    public void Canary_alone_is_counted_by_bound_for_absolute_limits()
    {
        var state = Weighed(Start(), [Make.Buckets("c", 2, 5, 9, 10), Make.Buckets("d", 1, 1, 1, 1)], []);
        state = Weighed(state, [Make.Buckets("c", 1, 1, 1, 2)], []);
        Assert.Equal(new BadOfAll(9, 13), state.CanarySlowerThan(.05));
        Assert.Equal(new BadOfAll(9, 13), state.CanarySlowerThan(.1));
        Assert.Equal(new BadOfAll(6, 13), state.CanarySlowerThan(.11));
        Assert.Equal(new BadOfAll(2, 13), state.CanarySlowerThan(1));
        Assert.Equal(default, state.CanarySlowerThan(1.01));
        Assert.Equal(default, ((LatencyState)state.StartStep()).CanarySlowerThan(.1));
        Assert.False(state.IsExported);
    }

    [Fact]
    public void Other_buckets_than_before_start_the_past_anew()
    {
        var state = Weighed(Start(), [Make.Buckets("c", 1, 1, 1, 1)], [Make.Buckets("s", 150, 195, 199, 200)]);
        var moved = Weighed(
            state, [Make.Buckets("c", 0, 1, 1, 1)], [Make.Buckets("s", 10, 10, 10, 10)], [.1, .5, 2]);
        Assert.Equal((10, 1), (moved.PastRequests, moved.CanaryRequests));
        Assert.Equal(Make.Numbers(0, 0, 0), moved.PastExceeded);
        Assert.Equal(Make.Numbers(1, 0, 0), moved.CanaryExceeded);
        var shorter = Weighed(state, [Make.Buckets("c", 1, 1)], [Make.Buckets("s", 10, 10)], [.1]);
        Assert.Equal((10, 1), (shorter.PastRequests, shorter.CanaryRequests));
        var same = Weighed(state, [Make.Buckets("c", 0, 1, 1, 1)], [Make.Buckets("s", 10, 10, 10, 10)], []);
        Assert.Equal((210, 2), (same.PastRequests, same.CanaryRequests));
    }

    [Fact]
    public void Pod_whose_buckets_do_not_fit_or_are_missing_is_left_out()
    {
        var state = Weighed(
            Start(), [Make.Buckets("c", 1, 2), Make.Requests("d", 5)], [Make.Buckets("s", 150, 195, 199, 200)]);
        Assert.Equal((200, 0), (state.PastRequests, state.CanaryRequests));
        state = Weighed(state, [Make.Buckets("c", 1, 2), Make.Buckets("d", 0, 0, 3, 3)],
            [Make.Buckets("s", 10, 10, 10, 10), Make.Requests("t", 9)]);
        Assert.Equal((3, 10), (state.InStep.CanaryExposure, state.InStep.StableExposure));
        Assert.True(state.IsExported);
    }

    [Fact]
    public void Interval_without_a_histogram_ages_what_is_known_once_there_is_a_boundary()
    {
        var nothing = Make.Interval(30, [Make.Requests("c", 1)], [Make.Requests("s", 9)]);
        var young = Weighed(Start(), [Make.Buckets("c", 0, 5, 9, 10)], [Make.Buckets("s", 75, 98, 99, 100)]);
        Assert.Same(young, young.Update(nothing, 0));
        var state = Weighed(young, [Make.Buckets("c", 0, 5, 9, 10)], [Make.Buckets("s", 75, 98, 99, 100)]);
        state = Weighed(state, [Make.Buckets("c", 0, 5, 9, 10)], [Make.Buckets("s", 20, 28, 30, 30)]);
        var aged = Assert.IsType<LatencyState>(state.Update(nothing, 0));
        Assert.Equal(state.Ratio.Recent.CanaryExposure * .98, aged.Ratio.Recent.CanaryExposure, 1e-12);
        Assert.Equal(state.Ratio.Noise.Interval + 1, aged.Ratio.Noise.Interval);
        Assert.Equal((state.PastRequests, state.InStep, state.LogEvidence), (aged.PastRequests, aged.InStep,
            aged.LogEvidence));
    }

    [Fact]
    public void Histogram_of_ones_own_is_read_by_the_metrics_name_with_bounds_of_its_own()
    {
        var own = PodIncrease.EmptyHistograms.Add("query", Make.Numbers(3, 4, 4));
        var interval = Make.Interval(
            10,
            [new PodIncrease { Pod = "c", Buckets = Make.Numbers(1, 1, 1, 1), Histograms = own }],
            [new PodIncrease { Pod = "s", Histograms = own }]) with
        {
            BucketBounds = Bounds,
            OwnBounds = PodIncrease.EmptyHistograms.Add("query", Make.Numbers(7, 8)),
        };
        var source = new MetricSource.Histogram("db_query");
        var spec = MetricSpec.Named("lat_p90")! with { Name = "query", Source = source };
        var state = (LatencyState)MetricState.Start(spec).Update(interval, 0);
        Assert.Equal(Make.Numbers(7, 8), state.BucketBounds);
        Assert.Equal(new BadOfAll(1, 4), state.CanarySlowerThan(7));
        var other = (LatencyState)MetricState.Start(spec with { Name = "other" }).Update(interval, 0);
        Assert.Equal(0, other.CanaryRequests);
    }

    private static LatencyState Start() => (LatencyState)MetricState.Start(MetricSpec.Named("lat_p90")!);

    private static LatencyState Weighed(
        LatencyState state, PodIncrease[] canary, PodIncrease[] stable, double[]? bounds = null) =>
        (LatencyState)state.Update(
            Make.Interval(10, canary, stable) with { BucketBounds = bounds is null ? Bounds : [.. bounds] }, 0);
}
