using System.Text;
using Rollouts.AnalysisController.Scraping;
using Rollouts.Exposition;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Scraping;

public sealed class PodReadersTests
{
    private readonly VirtualClock _clock = new();
    private readonly ScrapeMemory _memory = new(1L << 30);
    private readonly PodReaders _readers;

    public PodReadersTests() => _readers = new PodReaders(new ReadLimits(), 64L << 20, _clock);

    [Fact]
    public void Each_pod_is_remembered_by_itself()
    {
        var first = Read("p", "a{b=\"c\"} 1\n");
        Read("q", "z 1\n");

        var second = Read("p", "a{b=\"c\"} 2\n");

        Assert.Same(first.Families[0].Samples[0].Labels, second.Families[0].Samples[0].Labels);
        Assert.Equal(2, second.Families[0].Samples[0].Value);
        Assert.Equal(2, _readers.Count);
    }

    [Fact]
    public void A_pod_that_is_asked_no_more_is_forgotten()
    {
        Read("gone", "a 1\n");
        _clock.Advance(TimeSpan.FromMinutes(5));
        Read("here", "a 1\n");
        _clock.Advance(TimeSpan.FromMinutes(5));

        Read("here", "a 1\n");

        Assert.Equal(1, _readers.Count);
    }

    [Fact]
    public void Bodies_beyond_the_bound_are_read_and_not_remembered()
    {
        var large = Body(1_000_000);
        for (var pod = 0; pod < 80; pod++)
        {
            Read($"p{pod}", large);
        }

        Read("larger", Body(1_100_000));

        // Of 64 MiB; each costs its body once, and little more: it is one long comment.
        Assert.InRange(_readers.Count, 60, 67);
    }

    [Fact]
    public void A_round_of_a_hundred_and_fifty_pods_with_two_thousand_series_each_fits_the_default()
    {
        var limits = new ScrapeLimits();
        var readers = new PodReaders(limits.Reading, limits.RememberedBytes, _clock);
        var series = Enumerable
            .Range(0, 2000)
            .Select(i => $"shop_{i / 20}_seconds_bucket{{route=\"/api/{i % 4}\",code=\"200\",le=\"{i % 20}\"}} {i}\n");
        var body = Encoding.UTF8.GetBytes(string.Concat(series));
        for (var round = 0; round < 2; round++)
        {
            using var held = new MemoryHold(new ScrapeMemory(limits.MemoryBytes - limits.RememberedBytes));
            Assert.All(
                Enumerable.Range(0, 150),
                pod => Assert.IsType<ExpositionResult.Read>(readers.Read($"p{pod}", body, "text/plain", held))
            );
        }
    }

    [Fact]
    public void What_a_pod_remembered_counts_as_before_when_it_is_read_quickly()
    {
        var large = Body(1_000_000);
        for (var round = 0; round < 3; round++)
        {
            for (var pod = 0; pod < 80; pod++)
            {
                Read($"p{pod}", large);
            }
        }

        Assert.InRange(_readers.Count, 60, 67);
    }

    [Theory, MemberData(nameof(DearBodies))]
    public void What_reading_a_body_may_cost_is_known_before(string kind, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var held = new MemoryHold(_memory);
        _readers.Read("", bytes, contentType: null, held);
        var before = GC.GetAllocatedBytesForCurrentThread();

        _readers.Read("", bytes, contentType: null, held);

        var cost = GC.GetAllocatedBytesForCurrentThread() - before;
        var most = ReadingCost.MostOf(bytes, int.MaxValue);
        Assert.True(
            cost <= most && most <= (4 * cost) + 1_048_576,
            $"{kind}: took {cost / (double)bytes.Length:0.0} times its size, at most {most / (double)bytes.Length:0.0}"
        );
    }

    public static TheoryData<string, string> DearBodies()
    {
        const int count = 40_000;
        return new()
        {
            { "a name for each sample", Lines(n => $"a{n} 1\n") },
            { "a family without samples for each line", Lines(n => $"# TYPE a{n} gauge\n") },
            { "a help text for each line", Lines(n => $"# HELP a{n} text {n}\n") },
            { "a value that no other has", Lines(n => $"a{{n=\"{n}\"}} 1\n") },
            { "names of labels that no other has", Lines(n => $"a{{n{n}=\"{n}\",m{n}=\"{n}\"}} 1\n") },
            { "many labels", Lines(n => $"a{{b=\"1\",c=\"{n}\",d=\"{n}\",e=\"{n}\",f=\"{n}\",g=\"{n}\"}} 1\n") },
            { "escapes", Lines(n => $"a{{n=\"\\\\\\\\{n}\"}} 1\n") },
            { "blank lines", new string('\n', count * 10) },
            { "names that alternate", Lines(n => $"a{n % 2}{{n=\"{n}\"}} 1\n") },
            { "comments", Lines(n => "#x\n") },
            { "nothing", "" },
        };

        static string Lines(Func<int, string> line) => string.Concat(Enumerable.Range(0, count).Select(line));
    }

    [Fact]
    public void Samples_beyond_the_limit_are_not_read_and_cost_nothing()
    {
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(n => $"a {n}\n")));

        Assert.InRange(
            ReadingCost.MostOf(body, 1_000), 1, ReadingCost.MostOf(body, int.MaxValue) / 4);
    }

    [Fact]
    public void A_body_that_does_not_fit_is_not_read()
    {
        var body = Encoding.UTF8.GetBytes("a 1\n");
        var memory = new ScrapeMemory(ReadingCost.MostOf(body, int.MaxValue) - 1);
        using var held = new MemoryHold(memory);

        Assert.Null(_readers.Read("p", body, contentType: null, held));
        Assert.Equal(0, memory.Bytes);
    }

    [Fact]
    public void A_body_counts_by_what_was_read_of_it_until_its_round_is_over_and_one_that_is_refused_not_at_all()
    {
        using (var held = new MemoryHold(_memory))
        {
            _readers.Read("p", Encoding.UTF8.GetBytes("a{b=\"c\"} 1\n"), contentType: null, held);
            Assert.InRange(_memory.Bytes, 1, ReadingCost.MostOf("a{b=\"c\"} 1\n"u8, int.MaxValue));
        }

        Assert.Equal(0, _memory.Bytes);
        using var other = new MemoryHold(_memory);
        Assert.IsType<ExpositionResult.Malformed>(_readers.Read("q", "a {"u8, contentType: null, other));
        Assert.Equal(0, _memory.Bytes);
    }

    [Fact]
    public void A_pod_without_a_uid_is_not_remembered()
    {
        Read("", "a 1\n");

        Assert.Equal(0, _readers.Count);
    }

    private static string Body(int bytes) => $"# {new string('x', bytes - 8)}\na 1\n";

    private ExpositionResult.Read Read(string pod, string body)
    {
        using var held = new MemoryHold(_memory);
        return Assert.IsType<ExpositionResult.Read>(
            _readers.Read(pod, Encoding.UTF8.GetBytes(body), contentType: null, held)
        );
    }
}
