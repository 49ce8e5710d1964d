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
        var body = Encoding.UTF8.GetBytes(Service(ofRequests: 2_000, others: 0));
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
        var body = Service(ofRequests: 200, others: 1_800);
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

    [Theory, MemberData(nameof(DearBodies))]
    public void What_reading_a_body_may_cost_is_known_before(string kind, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var most = ReadingCost.MostOf(bytes, int.MaxValue, unseen: 0);
        new RepeatedReader().Read(bytes);
        var reader = new RepeatedReader();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var first = reader.Read(bytes);

        var cost = GC.GetAllocatedBytesForCurrentThread() - before;
        var stays = reader.ResultBytes + reader.RememberedBytes;
        Assert.True(
            cost <= most && most <= (4 * cost) + (8 * bytes.Length) + 131_072 && stays <= most,
            $"{kind}: took {Times(cost)} its size, at most {Times(most)}, of which {Times(stays)} stay"
        );
        before = GC.GetAllocatedBytesForCurrentThread();
        var again = reader.Read(bytes);
        var repeated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(repeated <= most, $"{kind}: took {Times(repeated)} its size again, at most {Times(most)}");
        GC.KeepAlive((first, again));

        string Times(long taken) => $"{taken / (double)Math.Max(1, bytes.Length):0.0} times";
    }

    [Theory, MemberData(nameof(DearBodies))]
    public void What_stays_of_a_body_is_what_is_counted(string kind, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        new RepeatedReader().Read(bytes);
        var reader = new RepeatedReader();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var read = reader.Read(bytes);

        var taken = GC.GetTotalMemory(forceFullCollection: true) - before;
        // Labels are counted for the reader and for the result, whichever lives longer.
        var counted = reader.RememberedBytes + reader.ResultBytes;
        Assert.True(
            counted + 131_072 >= taken && counted <= (3 * taken) + 131_072,
            $"{kind}: {taken:#,0} bytes stay, {counted:#,0} are counted"
        );
        GC.KeepAlive((read, reader));
    }

    public static TheoryData<string, string> DearBodies()
    {
        const int count = 40_000;
        return new()
        {
            { "a name for each sample", Lines(n => $"a{n} 1\n") },
            { "a name with a stem for each sample", Lines(n => $"a{n}_b 1\n") },
            { "a family without samples for each line", Lines(n => $"# TYPE a{n} gauge\n") },
            { "a help text for each line", Lines(n => $"# HELP a{n} text {n}\n") },
            { "a value that no other has", Lines(n => $"a{{n=\"{n}\"}} 1\n") },
            { "names of labels that no other has", Lines(n => $"a{{n{n}=\"{n}\",m{n}=\"{n}\"}} 1\n") },
            { "many labels", Lines(n => $"a{{b=\"1\",c=\"{n}\",d=\"{n}\",e=\"{n}\",f=\"{n}\",g=\"{n}\"}} 1\n") },
            { "escapes", Lines(n => $"a{{n=\"\\\\\\\\{n}\"}} 1\n") },
            { "blank lines", new string('\n', count * 10) },
            { "names that alternate", Lines(n => $"a{n % 2}{{n=\"{n}\"}} 1\n") },
            { "comments", Lines(n => "#x\n") },
            { "comments that no other has", Lines(n => $"#{n}\n") },
            { "a service", Service(ofRequests: 20_000, others: 20_000) },
            { "nothing", "" },
        };

        static string Lines(Func<int, string> line) => string.Concat(Enumerable.Range(0, count).Select(line));
    }

    [Fact]
    public void Samples_beyond_the_limit_are_not_read_and_cost_nothing()
    {
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(n => $"a {n}\n")));

        Assert.InRange(
            ReadingCost.MostOf(body, 1_000, unseen: 0), 1, ReadingCost.MostOf(body, int.MaxValue, unseen: 0) / 4);
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

    /// <summary>As Spring Boot exports it: a histogram of requests, and many small families beside it.</summary>
    private static string Service(int ofRequests, int others) =>
        "# TYPE http_server_requests_seconds histogram\n"
        + string.Concat(Enumerable.Range(0, ofRequests).Select(i =>
            $"http_server_requests_seconds_bucket{{method=\"GET\",outcome=\"SUCCESS\",status=\"200\","
            + $"uri=\"/api/orders/{i / 70}\",le=\"{0.001 * (i % 70):0.###}\"}} {i}\n"))
        + string.Concat(Enumerable.Range(0, others).Select(i =>
            $"# TYPE jvm_thing_{i / 8} gauge\n"[..(i % 8 == 0 ? ^0 : 0)]
            + $"jvm_thing_{i / 8}{{area=\"heap\",id=\"Thing {i % 8}\"}} {i}.5\n"));
}
