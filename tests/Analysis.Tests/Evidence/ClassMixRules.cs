using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

public sealed class ClassMixRules
{
    [Fact]
    public void Dispersion_follows_its_definition_with_unlike_pods()
    {
        double[][] counts = [[30, 10, 5], [100, 20], [7, 0, 9]];
        double[] total = [137, 30, 14];
        var requests = total.Sum();
        double observed = 0, expected = 0;
        foreach (var pod in counts)
        {
            for (var j = 0; j < 3; j++)
            {
                double ratio = total[j] / requests, own = pod.Sum(), count = j < pod.Length ? pod[j] : 0;
                observed += Math.Pow(count - (own * ratio), 2);
                expected += own * (1 - (own / requests)) * ratio * (1 - ratio);
            }
        }

        var actual = ClassMix.Dispersion(Pods(counts), total);
        Assert.Equal(observed, actual.Observed, 1e-9);
        Assert.Equal(expected, actual.Expected, 1e-9);
    }

    [Fact]
    public void Fewer_than_three_pods_say_nothing_about_dispersion()
    {
        Assert.Equal((0, 0), ClassMix.Dispersion(Pods([[3, 1], [1, 3]]), [4, 4]));
        Assert.Equal((0, 0), ClassMix.Dispersion(Pods([[0, 0], [0, 0], [0, 0]]), [0, 0]));
        Assert.Equal(
            ClassMix.Dispersion(Pods([[3, 1], [1, 3], [0, 0]]), [4, 4]),
            ClassMix.Dispersion(Pods([[3, 1], [1, 3], [0, 0], [0, 0]]), [4, 4]));
        Assert.NotEqual((0, 0), ClassMix.Dispersion(Pods([[3, 1], [1, 3], [0, 0]]), [4, 4]));
    }

    [Fact]
    public void Divergence_is_chi_square_per_request_freed_of_its_noise()
    {
        double[] counts = [60, 30, 10, 0], reference = [500, 300, 200, 0];
        var expected = reference.Select(count => (count + .5) / 1002).ToArray();
        var chiSquare = Enumerable.Range(0, 3)
            .Sum(j => Math.Pow(counts[j] - (100 * expected[j]), 2) / (100 * expected[j]));
        var inflation = 1.5 * (1 + (100 / 1000.0));
        var (estimate, deviation) = ClassMix.Divergence(counts, reference, isPart: false, phi: 1.5);
        Assert.Equal(Math.Sqrt((chiSquare - (inflation * 2)) / 100), estimate, 1e-12);
        Assert.Equal(Math.Sqrt(inflation / 100), deviation, 1e-12);
    }

    [Fact]
    public void Class_that_only_one_side_has_counts_and_one_that_none_has_does_not()
    {
        double[] counts = [50, 50], reference = [400, 0, 600, 0];
        var expected = reference.Select(count => (count + .5) / 1002).ToArray();
        double[] seen = [50, 50, 0];
        var chiSquare = Enumerable.Range(0, 3)
            .Sum(j => Math.Pow(seen[j] - (100 * expected[j]), 2) / (100 * expected[j]));
        var (estimate, _) = ClassMix.Divergence(counts, reference, isPart: false, phi: 1);
        Assert.Equal(Math.Sqrt((chiSquare - (1.1 * 2)) / 100), estimate, 1e-9);
    }

    [Fact]
    public void Pod_is_compared_with_the_others_and_not_with_itself()
    {
        double[] own = [60, 20, 20];
        var apart = ClassMix.Divergence(own, [500, 300, 200], isPart: false, phi: 1);
        var within = ClassMix.Divergence(own, [560, 320, 220], isPart: true, phi: 1);
        Assert.Equal(apart, within);
    }

    [Fact]
    public void Arm_without_requests_is_at_no_distance_and_no_evidence()
    {
        double[] none = [0, 0], some = [5, 5];
        Assert.Equal(0, ClassMix.Distance(none, some));
        Assert.Equal(0, ClassMix.Distance(some, none));
        Assert.Equal((0, 0), ClassMix.Divergence(none, some, isPart: false, phi: 1));
        Assert.Equal((0, 0), ClassMix.Divergence(some, none, isPart: false, phi: 1));
        Assert.Equal((0, 0), ClassMix.Divergence(some, some, isPart: true, phi: 1));
        Assert.Null(ClassMix.LogEvidence(some, some, none, some, 50));
        Assert.Null(ClassMix.LogEvidence(some, some, some, none, 50));
        Assert.Equal(.5, ClassMix.Distance([5, 0], some));
    }

    private static PodClasses[] Pods(double[][] counts) =>
        [.. counts.Select((pod, i) => new PodClasses($"p{i}", [.. pod]))];
}
