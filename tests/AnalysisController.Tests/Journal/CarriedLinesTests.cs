using System.Collections.Immutable;
using System.Globalization;
using Rollouts.Analysis.Observation;
using Rollouts.AnalysisController.Journal;

namespace Rollouts.AnalysisController.Tests.Journal;

/// <summary>Lines of the journal in an annotation: all of them, or the latest that fit.</summary>
public sealed class CarriedLinesTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_was_written_is_read_in_its_order()
    {
        ImmutableArray<string> lines = [Line(1, 2, 1), """{"kind":"step","t":10}""", Line(2, 2, 1), "ä→𝄞"];

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

    [Fact]
    public void A_text_that_inflates_without_end_is_read_as_far_as_ours_ever_are()
    {
        var bomb = new MemoryStream();
        using (var deflate = new System.IO.Compression.DeflateStream(
            bomb, System.IO.Compression.CompressionLevel.Fastest))
        {
            deflate.Write(new byte[50_000_000]);
        }

        Assert.Equal(1024 * 1024, Assert.Single(CarriedLines.Read(Convert.ToBase64String(bomb.ToArray()))).Length);
    }

    [Fact]
    public void Of_more_than_fit_the_oldest_are_left_out_and_counted_and_one_more_would_not_have_fitted()
    {
        var lines = Lines(100, 10);

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

    /// <summary>The figures of docs/operations.md; this prints them.</summary>
    [Theory]
    [InlineData(2, 360)]
    [InlineData(10, 70)]
    [InlineData(100, 6)]
    public void So_many_intervals_fit(int podsOfAnArm, int atLeast)
    {
        var lines = Lines((atLeast * 5 / 4) + 2, podsOfAnArm);

        var fit = lines.Length - CarriedLines.Of(lines).LeftOut;

        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{podsOfAnArm}+{podsOfAnArm} pods: {fit} intervals of {lines[0].Length} bytes fit"
            )
        );
        Assert.InRange(fit, atLeast, lines.Length - 1);
    }

    private static ImmutableArray<string> Lines(int count, int podsOfAnArm) =>
        [.. Enumerable.Range(1, count).Select(i => Line(i, podsOfAnArm, seed: i))];

    /// <summary>
    /// What the controller gathers of a service in ten seconds: some hundred requests a pod, fifteen buckets, latencies
    /// around 30 ms, probes, restarts.
    /// </summary>
    private static string Line(int number, int podsOfAnArm, int seed)
    {
        var random = new Random(seed);
        return IntervalLine.Write(
            new EvidenceInterval
            {
                At = Start.AddSeconds(10 * number).AddTicks(random.Next(100_000)),
                BucketBounds = [.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10],
                Canary = Pods("cart-6f9c7d5b84", podsOfAnArm, random),
                Stable = Pods("cart-77fc9f5bfc", podsOfAnArm, random),
            },
            Start
        );
    }

    private static ImmutableArray<PodIncrease> Pods(string set, int count, Random random) =>
        [.. Enumerable.Range(0, count).Select(i => Pod($"{set}-{NameOf(i)}", random))];

    /// <summary>Five letters that look random and are the same in each interval.</summary>
    private static string NameOf(int pod)
    {
        var random = new Random(pod);
        return string.Concat(Enumerable.Range(0, 5).Select(_ => "bcdfghjklmnpqrstvwxz2456789"[random.Next(27)]));
    }

    private static PodIncrease Pod(string name, Random random)
    {
        double[] bounds = [.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, double.PositiveInfinity];
        var latencies = Enumerable.Range(0, random.Next(200, 600)).Select(_ => .03 * Math.Exp(Normal(random))).ToList();
        var errors = latencies.Count(_ => random.NextDouble() < .002);
        return new PodIncrease
        {
            Pod = name,
            Requests = latencies.Count,
            Errors = errors,
            ClientErrors = random.Next(10),
            Buckets = [.. bounds.Select(bound => (double)latencies.Count(latency => latency <= bound))],
            Health = new BadOfAll(0, 2),
            Restarts = new BadOfAll(0, 10 + (random.Next(100_000) / 1e7)),
            MemoryLimitBytes = 512 << 20,
        };
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
