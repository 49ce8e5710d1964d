using Rollouts.Analysis;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Tests.Scraping;

/// <summary>A token goes to the pod that is asked, and nowhere else.</summary>
public sealed class BearerTokenTests : IDisposable
{
    private const string Up = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nup 1\n";

    private readonly string _file = Path.GetTempFileName();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bearer_token_is_read_anew_for_each_scrape()
    {
        await using var pod = ScriptedPod.Answering(Up);
        var options = new ScrapeOptions { BearerTokenFile = _file };
        await File.WriteAllTextAsync(_file, "first\n", Cancellation);
        await pod.ScrapeAsync(options);
        await File.WriteAllTextAsync(_file, "second\n", Cancellation);

        await pod.ScrapeAsync(options);

        Assert.Equal(2, pod.Requests.Count(request => request.Contains("Authorization: Bearer first\r\n",
            StringComparison.Ordinal)));
        Assert.Equal(2, pod.Requests.Count(request => request.Contains("Authorization: Bearer second\r\n",
            StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("s3cret with blanks")]
    [InlineData("s3cret\r\nX-Injected: 1")]
    public async Task A_token_that_is_none_asks_nothing_and_is_not_told(string token)
    {
        await using var pod = ScriptedPod.Answering(Up);
        await File.WriteAllTextAsync(_file, token, Cancellation);

        var failed = AssertFailed(
            "TokenUnreadable",
            await pod.ScrapeAsync(new ScrapeOptions { BearerTokenFile = _file })
        );

        Assert.Contains(_file, failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", failed.Message, StringComparison.Ordinal);
        Assert.Empty(pod.Requests);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_the_token_goes_nowhere_else()
    {
        await using var elsewhere = ScriptedPod.Answering(Up);
        await using var pod = ScriptedPod.Answering(
            $"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:{elsewhere.Port}/metrics\r\nContent-Length: 0\r\n\r\n"
        );
        await File.WriteAllTextAsync(_file, "s3cret", Cancellation);

        var failed = AssertFailed("HttpStatus", await pod.ScrapeAsync(new ScrapeOptions { BearerTokenFile = _file }));

        Assert.EndsWith("status 307, wanted 200; redirects are not followed", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", failed.Message, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);
    }

    public void Dispose() => File.Delete(_file);

    private static MetricsScrape.Failed AssertFailed(string reason, MetricsScrape scrape)
    {
        var failed = Assert.IsType<MetricsScrape.Failed>(scrape);
        Assert.True(reason == failed.Reason, $"wanted {reason}, got {failed.Reason}: {failed.Message}");
        return failed;
    }
}
