using Rollouts.Analysis;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Tests.Scraping;

/// <summary>Pods that wait for others to be asked.</summary>
public sealed class ScrapeTurnTests
{
    private const string Up = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nup 1\n";

    private static readonly ScrapeOptions OneAtATime = new()
    {
        Limits = new ScrapeLimits { Concurrency = 1, Timeout = TimeSpan.FromSeconds(0.5) },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pods_that_hang_hold_up_the_others_for_so_long_and_then_the_limit_is_named()
    {
        await using var hanging = ScriptedPod.Answering(
            _ => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, Cancellation));

        var answers = await ScrapeAsync(Enumerable.Repeat(hanging, 8));

        Assert.Contains(answers, answer => answer.Metrics is MetricsScrape.Failed { Reason: "Timeout" });
        var (metrics, health) = answers[^1];
        var failed = Assert.IsType<MetricsScrape.Failed>(metrics);
        Assert.Equal("ConcurrencyLimit", failed.Reason);
        Assert.Equal("waited 2 s for its turn; --scrape-concurrency is 1", failed.Message);
        Assert.Equal(HealthProbe.Unknown, health);
    }

    [Fact]
    public async Task Pods_that_answer_all_get_their_turn()
    {
        await using var pod = ScriptedPod.Answering(Up);

        var answers = await ScrapeAsync(Enumerable.Repeat(pod, 20));

        Assert.All(answers, answer => Assert.IsType<MetricsScrape.Answered>(answer.Metrics));
    }

    private static async Task<(MetricsScrape Metrics, HealthProbe Health)[]> ScrapeAsync(IEnumerable<ScriptedPod> pods)
    {
        using var http = ScrapeHttp.Connect(OneAtATime);
        using var scraper = new PodScraper(http, OneAtATime, TimeProvider.System);
        using var round = scraper.Round("", keeps: null);
        return await Task.WhenAll(
            pods.Select(pod => scraper.ScrapeAsync(pod.Pod(), ScrapeSettings.FromPod, round, Cancellation))
        );
    }
}
