using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Tests.Kubernetes;

public sealed class ByteQuantityTests
{
    [Theory]
    [InlineData("134217728", 134217728L)]
    [InlineData("128Mi", 134217728L)]
    [InlineData("0.5Gi", 536870912L)]
    [InlineData("128M", 128000000L)]
    [InlineData("128X", null)]
    [InlineData("Mi", null)]
    [InlineData("9999999999Ti", null)]
    [InlineData("", null)]
    public void A_quantity_is_read_in_bytes(string quantity, long? bytes) =>
        Assert.Equal(bytes, ByteQuantity.Parse(quantity));
}
