using System.Globalization;
using System.Text;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Tests.Scraping;

/// <summary>What many pods together may cost, over real sockets.</summary>
public sealed class ScrapeMemoryTests
{
    private const int Megabyte = 1024 * 1024;

    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pods_that_send_much_and_never_end_hold_no_more_together_than_the_limit_and_the_others_fail()
    {
        // Each fills a buffer of 1 MiB and waits: 6 MiB of the 8 are for what is under way.
        var options = Options(memory: 8 * Megabyte, TimeSpan.FromSeconds(1.5));
        var lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a 1\n", 200_000)));
        var pods = Enumerable
            .Range(0, 12)
            .Select(_ => ScriptedPod.Answering(async stream =>
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(Ok + "\r\n"));
                await stream.WriteAsync(lines);
                await stream.ReadExactlyAsync(new byte[1]);
            }))
            .ToList();
        using var http = ScrapeHttp.Connect(options);
        using var scraper = new PodScraper(http, options, TimeProvider.System);
        using var round = scraper.Round("", keeps: null);

        var scrapes = await Task.WhenAll(
            pods.Select(pod => scraper.ScrapeAsync(pod.Pod(), ScrapeSettings.FromPod, round, Cancellation))
        );

        var failures = scrapes.Select(scrape => Assert.IsType<MetricsScrape.Failed>(scrape.Metrics)).ToList();
        Assert.All(failures, failed => Assert.Contains(failed.Reason, new[] { "Timeout", "MemoryLimit" }));
        Assert.InRange(failures.Count(failed => failed.Reason == "Timeout"), 1, 6);
        Assert.Contains(
            "all scrapes together may hold 6291456 bytes at a time (--scrape-memory-limit)",
            failures.First(failed => failed.Reason == "MemoryLimit").Message,
            StringComparison.Ordinal
        );
        foreach (var pod in pods)
        {
            await pod.DisposeAsync();
        }
    }

    [Fact]
    public void A_buffer_that_was_returned_is_lent_again_and_others_do_not_outgrow_the_limit()
    {
        var memory = new ScrapeMemory(1024);
        var first = memory.Lend(128);
        memory.Return(first!);

        Assert.Same(first, memory.Lend(128));
        Assert.NotSame(first, memory.Lend(128));
        Assert.Null(memory.Lend(769));
        Assert.NotNull(memory.Lend(768));
        Assert.Equal(1024, memory.Bytes);
    }

    [Fact]
    public void Buffers_that_nobody_uses_are_kept_up_to_an_eighth_of_the_limit_and_make_room_for_what_is_needed()
    {
        var memory = new ScrapeMemory(1024);
        var (kept, dropped) = (memory.Lend(100)!, memory.Lend(100)!);
        memory.Return(kept);
        memory.Return(dropped);
        Assert.Same(kept, memory.Lend(100));
        Assert.NotSame(dropped, memory.Lend(100));
        memory.Return(kept);

        Assert.True(memory.TryTake(924));
        memory.Give(924);

        Assert.NotSame(kept, memory.Lend(100));
    }

    [Fact]
    public async Task What_a_round_has_read_counts_until_the_round_is_over()
    {
        var options = Options(memory: 2 * Megabyte, TimeSpan.FromSeconds(5));
        var body = Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Range(0, 1_000).Select(n => $"a{{n=\"{n}\"}} 1\n"))
        );
        var head = string.Create(CultureInfo.InvariantCulture, $"{Ok}Content-Length: {body.Length}\r\n\r\n");
        await using var pod = ScriptedPod.Answering(head, body);
        using var http = ScrapeHttp.Connect(options);
        using var scraper = new PodScraper(http, options, TimeProvider.System);
        using (var round = scraper.Round("", keeps: null))
        {
            var answered = 0;
            var scrape = await OneAsync(round);
            while (scrape is MetricsScrape.Answered && answered < 200)
            {
                answered++;
                scrape = await OneAsync(round);
            }

            Assert.Equal("MemoryLimit", Assert.IsType<MetricsScrape.Failed>(scrape).Reason);
            Assert.InRange(answered, 2, 199);
        }

        using var next = scraper.Round("", keeps: null);
        Assert.IsType<MetricsScrape.Answered>(await OneAsync(next));

        async Task<MetricsScrape> OneAsync(RoundReading round) =>
            (await scraper.ScrapeAsync(pod.Pod(), ScrapeSettings.FromPod, round, Cancellation)).Metrics;
    }

    [Fact]
    public async Task A_health_answer_is_read_up_to_a_size_of_its_own_and_beyond_it_says_nothing()
    {
        var options = new ScrapeOptions();
        var large = new string(' ', options.Limits.HealthBodyBytes);
        var fits = $"{{\"status\":\"DOWN\"}}{large}"[..options.Limits.HealthBodyBytes];

        Assert.Equal(HealthProbe.Fail, await HealthOfAsync(fits));
        Assert.Equal(HealthProbe.Unknown, await HealthOfAsync(fits + " "));

        async Task<HealthProbe> HealthOfAsync(string health)
        {
            await using var pod = ScriptedPod.Answering(
                Ok + "Content-Length: 5\r\n\r\nup 1\n",
                $"HTTP/1.1 503 Down\r\nContent-Length: {health.Length}\r\n\r\n{health}"
            );
            return (await pod.ScrapeBothAsync(options)).Health;
        }
    }

    private static ScrapeOptions Options(int memory, TimeSpan timeout) =>
        new()
        {
            Limits = new ScrapeLimits { BodyBytes = 2 * Megabyte, MemoryBytes = memory, Timeout = timeout },
        };
}
