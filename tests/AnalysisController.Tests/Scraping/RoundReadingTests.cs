using System.Text;
using Rollouts.Analysis;
using Rollouts.Analysis.Observation;
using Rollouts.AnalysisController.Scraping;
using Rollouts.Exposition;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Scraping;

public sealed class RoundReadingTests
{
    private readonly ScrapeMemory _memory = new(1L << 30);
    private readonly ReaderShelf _shelf = new(new ReadLimits(), 64L << 20, new VirtualClock());

    [Fact]
    public void A_round_of_two_thousand_pods_with_two_thousand_series_of_requests_each_fits_the_default()
    {
        var limits = new ScrapeLimits();
        var shelf = new ReaderShelf(limits.Reading, limits.RememberedBytes, new VirtualClock());
        var memory = new ScrapeMemory(limits.MemoryBytes - limits.RememberedBytes);
        var body = Encoding.UTF8.GetBytes(Bodies.Service(ofRequests: 2_000, others: 0));
        var judged = JudgedFamilies.By([new AnalysisSpec()]);
        using (var round = new RoundReading(memory, shelf, "shop", judged.Contains))
        {
            for (var pod = 0; pod < 2_000; pod++)
            {
                Assert.IsType<ExpositionResult.Read>(round.Read(body, "text/plain"));
            }
        }

        Assert.Equal(0, memory.Bytes);
    }

    [Fact]
    public void A_thousand_pods_that_put_their_name_into_every_series_fit_by_what_the_judge_reads_of_them()
    {
        const int pods = 100;
        var limits = new ScrapeLimits();
        var shelf = new ReaderShelf(limits.Reading, limits.RememberedBytes, new VirtualClock());
        var memory = new ScrapeMemory(limits.MemoryBytes - limits.RememberedBytes);
        var judged = JudgedFamilies.By([new AnalysisSpec()]);
        var body = Bodies.Service(ofRequests: 200, others: 1_800);
        using var round = new RoundReading(memory, shelf, "shop", judged.Contains);
        for (var pod = 0; pod < pods; pod++)
        {
            var own = body.Replace("{", $"{{instance=\"shop-7c9f4-{pod}\",", StringComparison.Ordinal);
            Assert.IsType<ExpositionResult.Read>(round.Read(Encoding.UTF8.GetBytes(own), "text/plain"));
        }

        // What the reader itself remembers is a part that does not grow with the pods.
        Assert.InRange(memory.Bytes, 1, (memory.MostBytes * pods / 1_000) + (limits.RememberedBytes / 4));
    }

    [Fact]
    public void Only_families_that_are_asked_for_keep_samples()
    {
        using var round = new RoundReading(_memory, _shelf, "", name => name == "b");

        var read = Assert.IsType<ExpositionResult.Read>(round.Read("a 1\nb 2\n"u8, contentType: null));

        Assert.Equal(["a", "b"], read.Families.Select(family => family.Name));
        Assert.Empty(read.Families[0].Samples);
        Assert.Equal(2, Assert.Single(read.Families[1].Samples).Value);
    }

    [Fact]
    public void A_body_that_does_not_fit_is_not_read()
    {
        var body = Encoding.UTF8.GetBytes("a 1\n");
        var memory = new ScrapeMemory(ReadingCost.MostOf(body, int.MaxValue, unseen: 0) - 1);
        using var round = new RoundReading(memory, _shelf, "shop", keeps: null);

        Assert.Null(round.Read(body, contentType: null));
        Assert.Equal(0, memory.Bytes);
    }

    [Fact]
    public void A_body_counts_by_what_was_read_of_it_until_its_round_is_over()
    {
        var body = "a{b=\"c\"} 1\n"u8.ToArray();
        using (var round = new RoundReading(_memory, _shelf, "shop", keeps: null))
        {
            round.Read(body, contentType: null);
            var first = _memory.Bytes;
            round.Read(body, contentType: null);
            var second = _memory.Bytes - first;

            Assert.InRange(first, 1, ReadingCost.MostOf(body, int.MaxValue, unseen: 0));
            Assert.InRange(second, 1, first - 1);
        }

        Assert.Equal(0, _memory.Bytes);
    }

    [Fact]
    public void A_body_that_is_refused_counts_by_what_is_remembered_of_it()
    {
        using var round = new RoundReading(_memory, _shelf, "shop", keeps: null);
        Assert.IsType<ExpositionResult.Malformed>(round.Read("a {"u8, contentType: null));
        var nothing = _memory.Bytes;

        Assert.IsType<ExpositionResult.Malformed>(round.Read("b{c=\"d\"} 1\na {"u8, contentType: null));

        Assert.InRange(_memory.Bytes - nothing, 1, 8_000);
    }
}
