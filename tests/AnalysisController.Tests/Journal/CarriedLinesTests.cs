using System.Collections.Immutable;
using Rollouts.AnalysisController.Journal;

namespace Rollouts.AnalysisController.Tests.Journal;

/// <summary>Lines of the journal in an annotation, written and read.</summary>
public sealed class CarriedLinesTests
{
    [Fact]
    public void What_was_written_is_read_in_its_order()
    {
        ImmutableArray<string> lines =
        [
            ServiceIntervals.Line(1, 2, seed: 1),
            """{"kind":"step","t":10}""",
            ServiceIntervals.Line(2, 2, seed: 2),
            "ä→𝄞",
        ];

        var carried = CarriedLines.Of(lines);

        Assert.Equal(0, carried.LeftOut);
        Assert.Equal(lines, CarriedLines.Read(carried.Text));
    }

    [Fact]
    public void Nothing_makes_no_text() => Assert.Equal(new CarriedLines(null, 0), CarriedLines.Of([]));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("AAAA")]
    [InlineData("bm90IGRlZmxhdGVk")]
    public void A_text_that_is_none_of_ours_holds_no_lines(string? text) => Assert.Empty(CarriedLines.Read(text));
}
