using System.Text;
using Rollouts.AnalysisController.Scraping;
using Rollouts.Exposition;

namespace Rollouts.AnalysisController.Tests.Scraping;

/// <summary>What bodies that are made to be dear take. Alone: what others hold would be measured too.</summary>
[CollectionDefinition(nameof(ReadingCostTests), DisableParallelization = true)]
[Collection(nameof(ReadingCostTests))]
public sealed class ReadingCostTests
{
    [Theory, MemberData(nameof(Bodies.Dear), MemberType = typeof(Bodies))]
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

    [Theory, MemberData(nameof(Bodies.Dear), MemberType = typeof(Bodies))]
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
            counted + 131_072 >= taken && counted <= (3 * Math.Max(0, taken)) + 131_072,
            $"{kind}: {taken:#,0} bytes stay, {counted:#,0} are counted"
        );
        GC.KeepAlive((read, reader));
    }

    [Fact]
    public void Samples_beyond_the_limit_are_not_read_and_cost_nothing()
    {
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(n => $"a {n}\n")));

        Assert.InRange(
            ReadingCost.MostOf(body, 1_000, unseen: 0), 1, ReadingCost.MostOf(body, int.MaxValue, unseen: 0) / 4);
    }
}
