using Rollouts.LocalCluster.Pods;

namespace Rollouts.LocalCluster.Tests.Pods;

public sealed class PodNetworkTests
{
    private const int Port = 18080;

    [Fact]
    public void Two_clusters_with_the_same_seed_get_different_blocks()
    {
        using var first = PodNetwork.Claim(7);
        using var second = PodNetwork.Claim(7);

        Assert.NotEqual(first.NodeAddress, second.NodeAddress);
        Assert.Equal(127, first.NodeAddress.GetAddressBytes()[0]);
        Assert.NotEqual("127.0.0.254", first.NodeAddress.ToString());
    }

    [Fact]
    public void An_address_is_not_given_twice_while_it_is_taken()
    {
        using var network = PodNetwork.Claim(8);
        var addresses = Enumerable.Range(0, 100).Select(_ => network.Take(Port)).ToList();

        Assert.Equal(100, addresses.Distinct().Count());
        Assert.DoesNotContain(network.NodeAddress, addresses);
    }

    [Fact]
    public void A_full_block_says_so_and_a_released_address_comes_back()
    {
        using var network = PodNetwork.Claim(9);
        var addresses = Enumerable.Range(0, 250).Select(_ => network.Take(Port)).ToList();

        var refused = Assert.Throws<LocalClusterException>(() => network.Take(Port));
        Assert.Contains("250 pods already run", refused.Message, StringComparison.Ordinal);

        network.Release(addresses[42]);
        Assert.Equal(addresses[42], network.Take(Port));
    }
}
