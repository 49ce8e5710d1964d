using Rollouts.AnalysisController.Commands;

namespace Rollouts.AnalysisController.Tests.Commands;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("3s", 3.0)]
    [InlineData("1m30s", 90.0)]
    [InlineData("1.5h", 5400.0)]
    [InlineData("0s", 0.0)]
    [InlineData("", null)]
    [InlineData("3", null)]
    [InlineData("s", null)]
    [InlineData("-3s", null)]
    [InlineData("3 s", null)]
    [InlineData("99999999999999h", null)]
    public void A_duration_is_read_as_Kubernetes_spells_it(string text, double? seconds) =>
        Assert.Equal(seconds, DurationText.Parse(text)?.TotalSeconds);
}
