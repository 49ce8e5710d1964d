using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

public sealed class SlowNoiseRules
{
    [Fact]
    public void Slow_noise_discounts_and_alternating_noise_does_not()
    {
        Assert.Equal(1, Waves(period: 2).Discount());
        Assert.Equal(1 / 20.0, Waves(period: 400).Discount(), 1e-9);
        Assert.InRange(Waves(period: 12).Discount(), .06, .5);
        Assert.Equal(1, PodNoise.Nothing.Discount());
    }

    private static PodNoise Waves(int period)
    {
        var noise = PodNoise.Nothing;
        for (var i = 0; i < 400; i++)
        {
            var high = i % period < period / 2 ? 8 : 0;
            noise = noise.Update([new("a", high, 100), new("b", 8 - high, 100), new("c", 4, 100)]);
        }

        return noise;
    }
}
