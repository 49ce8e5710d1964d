using System.Collections.Immutable;

using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Observation;

namespace Rollouts.Analysis.Tests.Metrics;

public sealed class GaugeSeriesRules
{
    [Fact]
    public void Readings_become_medians_of_minutes_and_the_first_two_do_not_count()
    {
        var series = Read(300, seconds => seconds is 130 or 190 ? 1000 : seconds);
        Assert.Equal(4, series.Minute);
        Assert.Equal(Make.Numbers(155, 215), series.Medians);
        Assert.Equal((1.0, 185.0), (series.Slope, series.Level));
        Assert.Equal(Make.Numbers(240, 250, 260, 270, 280, 290), series.Readings);
    }

    [Fact]
    public void Series_without_a_median_is_at_zero_and_flat()
    {
        var series = Read(60, _ => 7);
        Assert.Equal((0.0, 0.0, 0), (series.Slope, series.Level, series.Medians.Length));
    }

    [Fact]
    public void Readings_and_medians_are_bounded()
    {
        var pod = new[] { Make.Gauge("s", "g", 1) }.ToImmutableArray();
        var known = ImmutableArray<GaugeSeries>.Empty;
        for (var i = 0; i < 70; i++)
        {
            known = GaugeSeries.Update(known, pod, "g", FakeRollout.Start.AddMilliseconds(i * 800));
        }

        Assert.Equal(GaugeSeries.MostReadings, known[0].Readings.Length);
        Assert.Equal(GaugeSeries.MostMedians, Read(60 * 60, seconds => seconds).Medians.Length);
    }

    [Fact]
    public void Pod_that_was_not_read_keeps_its_series_and_one_that_is_gone_loses_it()
    {
        var at = FakeRollout.Start;
        var known = GaugeSeries.Update([], [Make.Gauge("a", "g", 1), Make.Gauge("b", "g", 2)], "g", at);
        known = GaugeSeries.Update(
            known, [Make.Requests("a", 1), Make.Requests("new", 1), Make.Gauge("other", "h", 5)], "g",
                at.AddSeconds(10));
        Assert.Equal(["a"], known.Select(series => series.Pod));
        Assert.Equal(Make.Numbers(1), known[0].Readings);
    }

    [Fact]
    public void At_most_64_pods_are_followed_and_those_that_are_stay()
    {
        ImmutableArray<PodIncrease> Pods(int from, int count) =>
            [.. Enumerable.Range(from, count).Select(i => Make.Gauge($"s{i:000}", "g", i))];
        var known = GaugeSeries.Update([], Pods(0, 65), "g", FakeRollout.Start);
        Assert.Equal(GaugeSeries.MostPods, known.Length);
        known = GaugeSeries.Update(known, [.. Pods(0, 64), .. Pods(70, 5)], "g", FakeRollout.Start.AddSeconds(10));
        Assert.Equal((64, "s063", 2), (known.Length, known[^1].Pod, known[^1].Readings.Length));
    }

    /// <summary>One pod read every ten seconds.</summary>
    private static GaugeSeries Read(int seconds, Func<int, double> reading)
    {
        var known = ImmutableArray<GaugeSeries>.Empty;
        for (var at = 0; at < seconds; at += 10)
        {
            known = GaugeSeries.Update(
                known, [Make.Gauge("s", "g", reading(at))], "g", FakeRollout.Start.AddSeconds(at));
        }

        return Assert.Single(known);
    }
}
