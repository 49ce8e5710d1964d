using System.Globalization;
using System.IO.Compression;
using System.Text;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Tests.Scraping;

/// <summary>
/// Pods that do what no pod should, over real sockets. Each has a named reason, costs a bounded amount of memory, and
/// is missing data. It runs alone: memory is counted for the whole process.
/// </summary>
[Collection(nameof(HostilePodTests))]
[CollectionDefinition(nameof(HostilePodTests), DisableParallelization = true)]
public sealed class HostilePodTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n";

    private static readonly ScrapeLimits Small = new() { BodyBytes = 1024 * 1024, Timeout = TimeSpan.FromSeconds(5) };

    [Theory]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n", "HttpStatus", "status 302")]
    [InlineData("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "HttpStatus", "status 401")]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HttpStatus", "status 404")]
    [InlineData("HTTP/1.1 500 Oops\r\nContent-Length: 5\r\n\r\nup 1\n", "HttpStatus", "status 500")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", "HttpStatus", "status 204")]
    [InlineData(Ok + "Content-Length: 9\r\n\r\nnot { one", "Malformed", "line 1")]
    [InlineData(Ok + "Content-Length: 5000\r\n\r\nup 1\n", "BodyCut", "broke off")]
    [InlineData(Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nup 1\n\r\n", "BodyCut", "broke off")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nup 1\nrequests_total 12", "BodyCut", "may have broken off")]
    [InlineData(Ok + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd", "WrongEncoding", "")]
    [InlineData(Ok + "Content-Encoding: br\r\nContent-Length: 4\r\n\r\nabcd", "WrongEncoding", "'br'")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
        "WrongContentType",
        "text/html"
    )]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Type: application/openmetrics-text\r\nContent-Length: 5\r\n\r\nup 1\n",
        "Malformed",
        "without \"# EOF\""
    )]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n", "NotHttp", "not HTTP")]
    [InlineData("\u0015\u0003\u0001\u0000\u0002\u0002\u0046", "ConnectionReset", "a port of https does that")]
    public async Task An_answer_that_is_no_scrape_has_its_reason(string answer, string reason, string said)
    {
        await using var pod = ScriptedPod.Answering(answer);

        var failed = AssertFailed(reason, await pod.ScrapeAsync(new ScrapeOptions { Limits = Small }));

        Assert.Contains(said, failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Ok + "Content-Length: 5\r\n\r\nup 1\n")]
    [InlineData(Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nup 1\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nup 1\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nup 1")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nup 1\n")]
    public async Task An_odd_answer_that_holds_metrics_is_read(string answer)
    {
        await using var pod = ScriptedPod.Answering(answer);

        var answered = Assert.IsType<MetricsScrape.Answered>(await pod.ScrapeAsync());

        Assert.Equal("up", Assert.Single(answered.Families).Name);
    }

    [Fact]
    public async Task A_pod_that_drips_is_given_up_at_the_deadline()
    {
        await using var pod = ScriptedPod.Answering(async stream =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Ok + "\r\n"));
            while (true)
            {
                await stream.WriteAsync("a 1\n"u8.ToArray());
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        });
        var options = new ScrapeOptions { Limits = new ScrapeLimits { Timeout = TimeSpan.FromSeconds(0.4) } };

        var failed = AssertFailed("Timeout", await pod.ScrapeAsync(options));

        Assert.Contains("began, but did not end within 0.4 s", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_that_says_nothing_is_given_up_at_the_deadline()
    {
        await using var pod = ScriptedPod.Answering(stream => stream.ReadAsync(new byte[1]).AsTask());
        var options = new ScrapeOptions { Limits = new ScrapeLimits { Timeout = TimeSpan.FromSeconds(0.3) } };

        var failed = AssertFailed("Timeout", await pod.ScrapeAsync(options));

        Assert.Contains("no answer within 0.3 s", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_that_never_stops_is_given_up_at_the_size_limit()
    {
        await using var pod = ScriptedPod.Answering(async stream =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Ok + "\r\n"));
            var lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a 1\n", 4_096)));
            while (true)
            {
                await stream.WriteAsync(lines);
            }
        });

        var (failed, allocated) = await MeasureAsync(pod, "BodyTooLarge");

        Assert.Contains("more than 1048576 bytes, inflated", failed.Message, StringComparison.Ordinal);
        AssertBounded(allocated);
    }

    [Fact]
    public async Task A_gzip_bomb_is_given_up_at_the_size_limit_and_costs_no_more()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var line = new byte[1024 * 1024];
            Array.Fill(line, (byte)' ');
            for (var i = 0; i < 200; i++)
            {
                await gzip.WriteAsync(line, TestContext.Current.CancellationToken);
            }
        }

        var head = Head(packed.Length, "Content-Encoding: gzip\r\n");
        await using var pod = ScriptedPod.Answering(head, packed.ToArray());

        var (_, allocated) = await MeasureAsync(pod, "BodyTooLarge");

        AssertBounded(allocated);
    }

    [Fact]
    public async Task Gzip_that_breaks_off_is_not_taken_for_a_whole_body()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            await gzip.WriteAsync(Lines(500), TestContext.Current.CancellationToken);
        }

        var half = packed.ToArray()[..(int)(packed.Length / 2)];
        await using var pod = ScriptedPod.Answering(Head(half.Length, "Content-Encoding: gzip\r\n"), half);

        AssertFailed("WrongEncoding", await pod.ScrapeAsync());
    }

    [Fact]
    public async Task A_length_that_is_promised_is_not_allocated_before_it_comes()
    {
        await using var pod = ScriptedPod.Answering(Ok + "Content-Length: 1000000000\r\n\r\nup 1\n");

        var (_, allocated) = await MeasureAsync(pod, "BodyCut");

        Assert.InRange(allocated, 0, 512 * 1024);
    }

    [Fact]
    public async Task A_body_at_every_limit_is_read_at_a_bounded_cost()
    {
        var lines = new StringBuilder();
        for (var n = 0; n < 50_000; n++)
        {
            lines.Append(CultureInfo.InvariantCulture, $"a{{n=\"{n:x10}\"}} 1\n");
        }

        var body = Encoding.ASCII.GetBytes(lines.ToString());
        Assert.InRange(body.Length, Small.BodyBytes * 9 / 10, Small.BodyBytes);
        await using var pod = ScriptedPod.Answering(Head(body.Length), body);
        var options = new ScrapeOptions { Limits = Small };
        var first = Assert.IsType<MetricsScrape.Answered>(await pod.ScrapeAsync(options));
        var least = long.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await pod.ScrapeAsync(options);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.Equal(50_000, Assert.Single(first.Families).Samples.Length);
        // Measured: 24 times, where every sample brings a label value that no other has.
        Assert.InRange(least, 0, 30L * body.Length);
    }

    [Fact]
    public async Task A_hundred_thousand_samples_are_over_the_limit_that_is_named()
    {
        var body = Lines(100_000);
        await using var pod = ScriptedPod.Answering(Head(body.Length), body);

        var failed = AssertFailed("SampleLimit", await pod.ScrapeAsync());

        Assert.Contains("more than 50000 samples", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_label_of_one_megabyte_is_over_the_limit_that_is_named()
    {
        var body = Encoding.ASCII.GetBytes($"a{{sql=\"{new string('x', 1024 * 1024)}\"}} 1\n");
        await using var pod = ScriptedPod.Answering(Head(body.Length), body);

        var failed = AssertFailed("LabelValueLimit", await pod.ScrapeAsync());

        Assert.Contains("label sql has 1048576 bytes, limit 4096", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sample_with_too_many_labels_is_over_the_limit_that_is_named()
    {
        var labels = string.Join(",", Enumerable.Range(0, 65).Select(n => $"l{n}=\"v\""));
        var body = Encoding.ASCII.GetBytes($"a{{{labels}}} 1\n");
        await using var pod = ScriptedPod.Answering(Head(body.Length), body);

        var failed = AssertFailed("LabelLimit", await pod.ScrapeAsync());

        Assert.Contains("more than 64 labels", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_without_end_are_given_up()
    {
        await using var pod = ScriptedPod.Answering(async stream =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray());
            var header = Encoding.ASCII.GetBytes($"X-More: {new string('x', 1_000)}\r\n");
            while (true)
            {
                await stream.WriteAsync(header);
            }
        });

        var (_, allocated) = await MeasureAsync(pod, "NotHttp");

        AssertBounded(allocated);
    }

    [Fact]
    public async Task Health_counts_where_the_pod_answered_though_its_metrics_cannot_be_used()
    {
        const string Down = "HTTP/1.1 503 Down\r\nContent-Length: 4\r\n\r\nDOWN";
        await using var pod = ScriptedPod.Answering(
            "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
            health: Down
        );

        var (metrics, health) = await pod.ScrapeBothAsync();

        AssertFailed("HttpStatus", metrics);
        Assert.Equal(HealthProbe.Fail, health);
    }

    private static MetricsScrape.Failed AssertFailed(string reason, MetricsScrape scrape)
    {
        var failed = Assert.IsType<MetricsScrape.Failed>(scrape);
        Assert.True(reason == failed.Reason, $"wanted {reason}, got {failed.Reason}: {failed.Message}");
        return failed;
    }

    /// <summary>
    /// Five times the size limit, with a pool of buffers that holds none: the last buffer is up to twice the limit,
    /// those it was copied from as much again, and the rest is for the request and for this test's own server.
    /// </summary>
    private static void AssertBounded(long allocated) => Assert.InRange(allocated, 0, 5L * Small.BodyBytes);

    /// <summary>Counts what the whole process allocates: a scrape changes threads.</summary>
    private static async Task<(MetricsScrape.Failed Failed, long Allocated)> MeasureAsync(
        ScriptedPod pod,
        string reason
    )
    {
        var options = new ScrapeOptions { Limits = Small };
        await pod.ScrapeAsync(options);
        var least = long.MaxValue;
        MetricsScrape.Failed? failed = null;
        for (var i = 0; i < 3; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            failed = AssertFailed(reason, await pod.ScrapeAsync(options));
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return (failed!, least);
    }

    private static string Head(long length, string more = "") =>
        string.Create(CultureInfo.InvariantCulture, $"{Ok}{more}Content-Length: {length}\r\n\r\n");

    private static byte[] Lines(int count) =>
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, count).Select(n => $"a{{n=\"{n}\"}} 1\n")));
}
