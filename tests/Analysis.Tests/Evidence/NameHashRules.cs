using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

public sealed class NameHashRules
{
    [Fact]
    public void Hash_of_a_name_is_the_same_on_every_machine_and_in_every_version()
    {
        Assert.Equal(17280346270528514342UL, NameHash.Of(""));
        Assert.Equal(16153566523450244965UL, NameHash.Of("pod-7"));
        Assert.Equal(16153566523450244965UL, NameHash.Of("pod-7"u8));
    }
}
