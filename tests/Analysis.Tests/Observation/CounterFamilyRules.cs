using Rollouts.Analysis.Observation;
using Rollouts.Exposition;

namespace Rollouts.Analysis.Tests.Observation;

public sealed class CounterFamilyRules
{
    [Fact]
    public void Value_that_is_no_number_or_missing_is_covered_by_the_next()
    {
        var family = new CounterFamily("c", [Of("a", 10), Of("b", 20)]);
        Assert.Equal([0.0, 5], Increases(ref family, Of("a", double.NaN), Of("b", 25)));
        Assert.Equal([3.0], Increases(ref family, Of("b", 28)));
        Assert.Equal([2.0, 7], Increases(ref family, Of("b", 30), Of("a", 17)));
        Assert.Equal([4.0], Increases(ref family, Of("new", 4)));
        Assert.Equal([1.0, 0, 1], Increases(ref family, Of("new", 5), Of("a", 17), Of("b", 31)));
    }

    [Fact]
    public void Series_is_the_same_whatever_the_order_of_its_labels()
    {
        var family = new CounterFamily("c", [new Sample("c", new Labels([new("x", "1"), new("y", "2")]), 5)]);
        Assert.Equal(
            [2.0], Increases(ref family, new Sample("c", new Labels([new("y", "2"), new("x", "1")]), 7)));
    }

    [Fact]
    public void Series_of_the_same_labels_under_two_names_are_two()
    {
        var family = new CounterFamily("c", [Named("c_sum", 100), Named("c_count", 10)]);
        Assert.Equal([3.0, 2], Increases(ref family, Named("c_bucket", 3), Named("c_count", 12)));
        Assert.Equal([5.0], Increases(ref family, Named("c_sum", 105)));
    }

    private static Sample Named(string name, double value) => new(name, Labels.None, value);

    private static double[] Increases(ref CounterFamily family, params Sample[] samples)
    {
        var increases = new double[samples.Length];
        family = family.Next([.. samples], increases);
        return increases;
    }

    private static Sample Of(string label, double value) => new("c", new Labels([new("l", label)]), value);
}
