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
    public void Stable_pod_is_held_against_its_peers_and_not_against_the_mix_that_it_is_itself_half_of()
    {
        var drift = new ClassDrift { Gate = .05 };
        for (var i = 0; i < 50; i++)
        {
            drift = drift.Update([6100, 3900], Pods([[6800, 3200], [7200, 2800]]));
        }

        Assert.Equal(.09, drift.Distance, 1e-12);
        Assert.False(drift.IsGateOpen);
    }

    [Fact]
    public void Class_that_only_stable_pods_have_is_counted_too()
    {
        var drift = new ClassDrift { Gate = .05 }.Update([70, 30], Pods([[60, 30, 10], [70, 30]]));
        Assert.Equal(Make.Numbers(130, 60, 10), drift.Stable);
        Assert.Equal(Make.Numbers(70, 30, 0), drift.Canary);
    }

    [Theory]
    [InlineData(.25, true)]
    [InlineData(.26, false)]
    public void Gate_opens_at_its_distance(double gate, bool open)
    {
        var drift = new ClassDrift { Gate = gate };
        for (var i = 0; i < 50; i++)
        {
            drift = drift.Update([5000, 5000], Pods([[7500, 2500], [7500, 2500]]));
        }

        Assert.Equal(.25, drift.Distance);
        Assert.Equal(open, drift.IsGateOpen);
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
