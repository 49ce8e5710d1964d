using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

public sealed class ClassDriftRules
{
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

    private static PodClasses[] Pods(double[][] counts) =>
        [.. counts.Select((pod, i) => new PodClasses($"p{i}", [.. pod]))];
}
