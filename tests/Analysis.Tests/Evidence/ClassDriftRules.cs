using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

public sealed class ClassDriftRules
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
    public void Fewer_than_three_pods_with_requests_say_nothing_about_dispersion()
    {
        Assert.Equal((0, 0), ClassMix.Dispersion(Pods([[3, 1], [1, 3], [0, 0]]), [4, 4]));
        Assert.NotEqual((0, 0), ClassMix.Dispersion(Pods([[3, 1], [1, 3], [0, 1]]), [4, 5]));
    }

    [Fact]
    public void Divergence_is_chi_square_per_request_freed_of_its_noise()
    {
        double[] counts = [60, 30, 10, 0], reference = [500, 300, 200, 0];
        var expected = reference.Select(count => (count + .5) / 1002).ToArray();
        var chiSquare = Enumerable.Range(0, 3).Sum(j => Math.Pow(counts[j] - (100 * expected[j]), 2) / (100 * expected[j]));
        var inflation = 1.5 * (1 + (100 / 1000.0));
        var (estimate, deviation) = ClassMix.Divergence(counts, reference, isPart: false, phi: 1.5);
        Assert.Equal(Math.Sqrt((chiSquare - (inflation * 2)) / 100), estimate, 1e-12);
        Assert.Equal(Math.Sqrt(inflation / 100), deviation, 1e-12);
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

    [Theory]
    [InlineData(.05, true)]
    [InlineData(.3, false)]
    public void Gate_asks_for_a_distance(double gate, bool open)
    {
        var drift = new ClassDrift { Gate = gate };
        for (var i = 0; i < 20; i++)
        {
            drift = drift.Update([60, 40], Pods([[70, 30], [70, 30], [71, 29], [69, 31]]));
        }

        Assert.Equal(.1, drift.Distance, 1e-12);
        Assert.Equal(open, drift.IsGateOpen);
        Assert.Equal(open ? drift.Wealth.LogEvidence : double.NegativeInfinity, drift.GatedLogEvidence);
        Assert.True(drift.Wealth.LogEvidence > 3);
    }

    [Fact]
    public void Gate_stays_closed_while_any_stable_pod_differs_from_its_peers_by_a_third_as_much()
    {
        var drift = new ClassDrift { Gate = .05 };
        for (var i = 0; i < 50; i++)
        {
            drift = drift.Update([600, 400], Pods([[700, 300], [700, 300], [700, 300], [620, 380]]));
        }

        Assert.True(drift.Distance > .05);
        Assert.False(drift.IsGateOpen);
    }

    [Fact]
    public void Few_requests_do_not_open_the_gate_by_their_noise() =>
        Assert.False(new ClassDrift { Gate = .05 }
            .Update([6, 4], Pods([[700, 300], [700, 300], [700, 300], [700, 300]])).IsGateOpen);

    [Fact]
    public void Classes_that_are_new_are_weighed_as_one_and_known_from_then_on()
    {
        var drift = new ClassDrift { Gate = .05 };
        for (var i = 0; i < 5; i++)
        {
            drift = drift.Update([0, 50, 50], Pods([[0, 500, 500]]), known: 3);
        }

        var folded = drift.Update([10, 45, 45], Pods([[50, 475, 475]]), known: 3);
        var grown = drift.Update([0, 45, 45, 10], Pods([[0, 475, 475, 50]]), known: 3);
        Assert.Equal(folded.LogLatest, grown.LogLatest, 1e-12);
        Assert.Equal(10, grown.Canary[3]);
        Assert.Equal(0, grown.Canary[0]);
        Assert.Equal([2.0, 5, 9], ClassMix.Folded([2, 5, 9], 3));
        Assert.Equal([18.0, 5], ClassMix.Folded([2, 5, 9, 7], 2));
    }

    [Fact]
    public void Pods_are_remembered_for_sixty_intervals_and_never_more_than_64()
    {
        var known = PodClasses.Merge([], [new("a", [1]), new("b", [1, 2])], 1);
        known = PodClasses.Merge(known, [new("a", [1, 1])], 2);
        Assert.Equal([2.0, 1], known[0].Counts);
        Assert.Equal([1.0, 2], known[1].Counts);
        known = PodClasses.Merge(known, [new("a", [3])], 61);
        Assert.Equal(["a", "b"], known.Select(pod => pod.Pod));
        Assert.Equal([5.0, 1], known[0].Counts);
        Assert.Equal(["a"], PodClasses.Merge(known, [new("a", [1])], 62).Select(pod => pod.Pod));

        PodClasses[] many = [.. Enumerable.Range(0, 64).Select(i => new PodClasses($"s{i:00}", [1]))];
        Assert.Equal(64, PodClasses.Merge([], many, 1).Length);
        var merged = PodClasses.Merge(PodClasses.Merge([], many, 1), [new("new", [1])], 2);
        var dropped = many.OrderBy(pod => NameHash.Of(pod.Pod)).Last().Pod;
        Assert.Equal(
            many.Select(pod => pod.Pod).Append("new").Where(pod => pod != dropped).Order(StringComparer.Ordinal),
            merged.Select(pod => pod.Pod));
    }

    private static PodClasses[] Pods(double[][] counts) => [.. counts.Select((pod, i) => new PodClasses($"p{i}", [.. pod]))];
}
