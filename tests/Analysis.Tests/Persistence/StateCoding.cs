using Rollouts.Analysis.Persistence;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Tests.Persistence;

public sealed class StateCoding
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(-0.0, 9)]
    [InlineData(1, 1)]
    [InlineData(-1, 1)]
    [InlineData(31, 1)]
    [InlineData(32, 2)]
    [InlineData(-32, 1)]
    [InlineData(-33, 2)]
    [InlineData(9007199254740993, 8)]
    [InlineData(1152921504606846720, 9)]
    [InlineData(1152921504606846976, 9)]
    [InlineData(-1152921504606846976, 9)]
    [InlineData(.1, 9)]
    [InlineData(1e300, 9)]
    [InlineData(double.NegativeInfinity, 9)]
    [InlineData(double.NaN, 9)]
    public void Number_comes_back_bit_for_bit_and_a_whole_one_is_short(double number, int length)
    {
        var writer = new StateWriter();
        writer.Number(number);
        var bytes = writer.ToArray();
        Assert.Equal(length, bytes.Length);
        var reader = new StateReader(bytes);
        Assert.Equal(BitConverter.DoubleToInt64Bits(number), BitConverter.DoubleToInt64Bits(reader.Number()));
        Assert.True(reader.IsAtEnd);
    }

    [Fact]
    public void Everything_else_comes_back_too()
    {
        var at = new DateTimeOffset(2026, 5, 1, 2, 3, 4, 567, TimeSpan.Zero);
        var writer = new StateWriter();
        writer.Flag(true);
        writer.Count(300);
        writer.NumberOrNull(null);
        writer.NumberOrNull(2.5);
        writer.Numbers([1, .5]);
        writer.Text("Grünkohl");
        writer.TextOrNull(null);
        writer.TextOrNull("Grünkohl");
        writer.Instant(at);
        writer.InstantOrNull(null);
        writer.InstantOrNull(at);
        writer.Span(TimeSpan.FromSeconds(1.5));
        writer.Count((int)MetricKind.Gauge);
        var reader = new StateReader(writer.ToArray());
        Assert.Equal((true, 300, null, 2.5),
            (reader.Flag(), reader.Count(), reader.NumberOrNull(), reader.NumberOrNull()));
        Assert.Equal(Make.Numbers(1, .5), reader.Numbers());
        Assert.Equal(("Grünkohl", null, "Grünkohl"), (reader.Text(), reader.TextOrNull(), reader.TextOrNull()));
        Assert.Equal((at, null, at), (reader.Instant(), reader.InstantOrNull(), reader.InstantOrNull()));
        Assert.Equal((TimeSpan.FromSeconds(1.5), MetricKind.Gauge), (reader.Span(), reader.Choice<MetricKind>()));
        Assert.True(reader.IsAtEnd);
    }

    [Fact]
    public void Text_that_comes_again_takes_one_byte()
    {
        var writer = new StateWriter();
        writer.Text("a pod with a long name");
        var once = writer.ToArray().Length;
        writer.Text("a pod with a long name");
        Assert.Equal(once + 1, writer.ToArray().Length);
    }

    [Theory]
    [InlineData("flag", new byte[] { 2 }, "a flag is 2")]
    [InlineData("length", new byte[] { 2, 0 }, "a length is 2")]
    [InlineData("number", new byte[] { 3 }, "a whole number is coded wrongly")]
    [InlineData("number", new byte[] { 1, 0, 0 }, "the checkpoint ends too early")]
    [InlineData("number", new byte[] { }, "the checkpoint ends too early")]
    [InlineData("text", new byte[] { 1 }, "text 1 is not known")]
    [InlineData("choice", new byte[] { 99 }, "MetricKind has no case 99")]
    [InlineData("count", new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1 },
        "a number has too many bytes")]
    [InlineData("numbers", new byte[] { 3, 0, 0, 1, 9, 9, 9 }, "the checkpoint ends too early")]
    public void Bytes_that_nobody_wrote_are_refused_with_the_reason(string kind, byte[] bytes, string problem)
    {
        var reader = new StateReader(bytes);
        var exception = Assert.Throws<InvalidDataException>(() =>
        {
            _ = kind switch
            {
                "flag" => reader.Flag() ? 1 : 0,
                "length" => reader.Length(),
                "number" => reader.Number(),
                "text" => reader.Text().Length,
                "choice" => (int)reader.Choice<MetricKind>(),
                "numbers" => reader.Numbers().Length,
                _ => reader.Count(),
            };
        });
        Assert.Equal(problem, exception.Message);
    }
}
