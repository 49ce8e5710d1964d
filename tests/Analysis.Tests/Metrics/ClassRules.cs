using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Tests.Metrics;

public sealed class ClassRules
{
    [Fact]
    public void One_interval_multiplies_the_evidence_by_at_most_the_clip()
    {
        double EvidenceAt(double clip)
        {
            var spec = new AnalysisSpec { Metrics = [MetricSpec.Named("classes")! with { Clip = clip }] };
            return Make.Judged(spec, 3, [Make.Classes("c", 900, 100)], [Make.Classes("s", 100, 900)])
                .Verdict.Metrics[0].LogEvidence;
        }

        Assert.True(EvidenceAt(1.2) < EvidenceAt(5));
        Assert.True(EvidenceAt(5) < EvidenceAt(50));
    }

    [Fact]
    public void Classes_keep_their_column_whatever_labels_an_interval_holds()
    {
        var state = Weighed(Start(), ["b", "d"], [1, 2], [10, 20]);
        Assert.Equal(["b", "d"], state.Names);
        state = Weighed(state, ["a", "d"], [3, 4], [30, 40]);
        Assert.Equal(["b", "d", "a"], state.Names);
        Assert.Equal(Make.Numbers(0, 1, 6, 3), state.Drift.Canary);
        Assert.Equal(Make.Numbers(0, 10, 60, 30), state.Drift.Stable);
        Assert.Equal((10, 100), (state.Requests.CanaryExposure, state.Requests.StableExposure));
        Assert.Equal(0, ((ClassState)state.StartStep()).Requests.CanaryExposure);
    }

    [Fact]
    public void First_interval_in_which_a_class_appears_says_nothing_about_it()
    {
        var first = Weighed(Start(), ["a", "b"], [90, 10], [10, 90]);
        Assert.Equal(0, first.Drift.LogLatest, 1e-12);
        var second = Weighed(first, ["a", "b"], [90, 10], [10, 90]);
        Assert.True(second.Drift.LogLatest > 1);
        var third = Weighed(second, ["a", "b", "new"], [0, 0, 100], [10, 90, 0]);
        var merged = second.Drift.Update([100, 0, 0], [new("s", Make.Numbers(0, 10, 90))], known: 3);
        Assert.Equal(merged.LogLatest, third.Drift.LogLatest, 1e-12);
    }

    [Fact]
    public void More_classes_than_can_be_told_apart_are_counted_together()
    {
        string[] names = [.. Enumerable.Range(0, 70).Select(i => $"user-{i:00}")];
        var state = Weighed(Start(), names, [.. names.Select(_ => 1.0)], [.. names.Select(_ => 2.0)]);
        Assert.Equal(ClassState.MostNames, state.Names.Length);
        Assert.Equal((64, 7, 1), (state.Drift.Canary.Length, state.Drift.Canary[0], state.Drift.Canary[1]));
        state = Weighed(state, ["user-99", "user-00"], [5, 6], [0, 0]);
        Assert.Equal((64, 12, 7), (state.Drift.Canary.Length, state.Drift.Canary[0], state.Drift.Canary[1]));
    }

    [Fact]
    public void Classes_without_names_keep_their_order()
    {
        var state = Weighed(Start(), [], [1, 2], [10, 20, 30]);
        Assert.Empty(state.Names);
        Assert.Equal(Make.Numbers(1, 2, 0), state.Drift.Canary);
        Assert.Equal(Make.Numbers(10, 20, 30), state.Drift.Stable);
        Assert.True(state.IsExported);
        Assert.True(state.Passes(.05));
    }

    [Fact]
    public void Interval_without_classes_changes_no_mix()
    {
        var state = Weighed(Start(), ["a"], [1], [2]);
        var after = (ClassState)state.Update(Make.Interval(20, [Make.Requests("c", 1)], [Make.Requests("s", 1)]), 0);
        Assert.Equal(state.Drift.Canary.AsEnumerable(), after.Drift.Canary);
        Assert.Equal(state.Drift.Wealth, after.Drift.Wealth);
        Assert.False(((ClassState)Start().Update(Make.Interval(20, [Make.Classes("c", 1)], []), 0)).IsExported);
    }

    private static ClassState Start() => (ClassState)MetricState.Start(MetricSpec.Named("classes")!);

    private static ClassState Weighed(ClassState state, string[] names, double[] canary, double[] stable) =>
        (ClassState)state.Update(
            Make.Interval(10, [Make.Classes("c", canary)],
                [Make.Classes("s", stable)]) with { ClassNames = [.. names] },
            0);
}
