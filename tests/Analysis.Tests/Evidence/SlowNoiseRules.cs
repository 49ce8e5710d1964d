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

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1e12)]
    public void Stable_pods_that_are_alike_to_the_last_event_show_no_slow_noise(double scale)
    {
        const int seed = 20261121;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var world = 0; world < 200; world++)
        {
            var noise = PodNoise.Nothing;
            for (var i = 0; i < 40; i++)
            {
                double requests = scale * random.Next(20, 200), bad = scale * random.Next(0, 20);
                noise = noise.Update([new("a", bad, requests), new("b", bad, requests), new("c", bad, requests)]);
            }

            Assert.Equal(1, noise.Discount());
        }
    }

    [Fact]
    public void Stable_pods_that_keep_their_shares_whatever_the_traffic_show_no_slow_noise()
    {
        const int seed = 20261122;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var world = 0; world < 200; world++)
        {
            var noise = PodNoise.Nothing;
            for (var i = 0; i < 40; i++)
            {
                int requests = random.Next(20, 200), bad = random.Next(0, 20);
                noise = noise.Update(
                    [new("a", bad, requests), new("b", 3 * bad, 3 * requests), new("c", 7 * bad, 7 * requests)]);
            }

            Assert.Equal(1, noise.Discount());
        }
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
