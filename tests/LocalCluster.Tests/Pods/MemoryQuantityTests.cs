using Rollouts.LocalCluster.Pods;

namespace Rollouts.LocalCluster.Tests.Pods;

public sealed class MemoryQuantityTests
{
    [Theory]
    [InlineData("96Mi", 100_663_296L)]
    [InlineData("1Gi", 1_073_741_824L)]
    [InlineData("1.5Ki", 1536L)]
    [InlineData("200M", 200_000_000L)]
    [InlineData("1e8", 100_000_000L)]
    [InlineData("123", 123L)]
    [InlineData("0", 0L)]
    [InlineData("1500m", 2L)]
    public void A_quantity_is_read_in_bytes(string text, long bytes) =>
        Assert.Equal(bytes, MemoryQuantity.ToBytes(text));

    [Theory]
    [InlineData("")]
    [InlineData("lots")]
    [InlineData("12MB")]
    [InlineData("-1Mi")]
    [InlineData("NaN")]
    public void What_is_no_quantity_is_refused(string text) => Assert.Null(MemoryQuantity.ToBytes(text));
}
