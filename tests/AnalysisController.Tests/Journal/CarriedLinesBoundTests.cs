using System.Globalization;
using System.IO.Compression;
using Rollouts.AnalysisController.Journal;

namespace Rollouts.AnalysisController.Tests.Journal;

/// <summary>How many lines an annotation takes, and what happens to the others.</summary>
public sealed class CarriedLinesBoundTests(ITestOutputHelper output)
{
    [Fact]
    public void Of_more_than_fit_the_oldest_are_left_out_and_counted_and_one_more_would_not_have_fitted()
    {
        var lines = ServiceIntervals.Lines(100, 10);

        var carried = CarriedLines.Of(lines);

        var kept = CarriedLines.Read(carried.Text);
        Assert.InRange(carried.Text!.Length, 1, CarriedLines.MostLength);
        Assert.Equal(lines.Length, kept.Length + carried.LeftOut);
        Assert.Equal(lines[carried.LeftOut..], kept);
        Assert.Equal(1, CarriedLines.Of(lines[(carried.LeftOut - 1)..]).LeftOut);
    }

    [Fact]
    public void A_line_that_does_not_fit_by_itself_is_left_out()
    {
        var noise = new byte[CarriedLines.MostLength];
        new Random(1).NextBytes(noise);

        Assert.Equal(new CarriedLines(null, 1), CarriedLines.Of([Convert.ToBase64String(noise)]));
    }

    [Fact]
    public void A_text_that_inflates_without_end_is_read_as_far_as_ours_ever_are()
    {
        var bomb = new MemoryStream();
        using (var deflate = new DeflateStream(bomb, CompressionLevel.Fastest))
        {
            deflate.Write(new byte[50_000_000]);
        }

        Assert.Equal(1024 * 1024, Assert.Single(CarriedLines.Read(Convert.ToBase64String(bomb.ToArray()))).Length);
    }

    /// <summary>The figures of docs/operations.md; this prints them.</summary>
    [Theory]
    [InlineData(2, 360)]
    [InlineData(10, 70)]
    [InlineData(100, 6)]
    public void So_many_intervals_fit(int podsOfAnArm, int atLeast)
    {
        var lines = ServiceIntervals.Lines((atLeast * 5 / 4) + 2, podsOfAnArm);

        var fit = lines.Length - CarriedLines.Of(lines).LeftOut;

        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{podsOfAnArm}+{podsOfAnArm} pods: {fit} intervals of {lines[0].Length} bytes fit"
            )
        );
        Assert.InRange(fit, atLeast, lines.Length - 1);
    }
}
