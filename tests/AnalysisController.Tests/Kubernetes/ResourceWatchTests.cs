using System.Net;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Kubernetes;

public sealed class ResourceWatchTests : IDisposable
{
    private const string EmptyList = """{"metadata":{"resourceVersion":"10"},"items":null}""";

    private readonly VirtualClock _clock = new();
    private readonly ScriptedServer _server = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_comes_first_and_the_watch_begins_at_its_resourceVersion()
    {
        _server
            .Answer("""{"metadata":{"resourceVersion":"10"},"items":[{"metadata":{"name":"a","namespace":"ns"}}]}""")
            .Answer(Event("ADDED", "b", 11) + Event("MODIFIED", "a", 12) + Event("DELETED", "b", 13));

        var events = await TakeAsync(4);

        Assert.Equal("a", Assert.Single(Assert.IsType<ResourceEvent<Rollout>.Listed>(events[0]).Items).Metadata.Name);
        Assert.Equal("b", Assert.IsType<ResourceEvent<Rollout>.Changed>(events[1]).Item.Metadata.Name);
        Assert.Equal("a", Assert.IsType<ResourceEvent<Rollout>.Changed>(events[2]).Item.Metadata.Name);
        Assert.Equal("b", Assert.IsType<ResourceEvent<Rollout>.Removed>(events[3]).Item.Metadata.Name);
        Assert.Contains("resourceVersion=10", _server.Requests[1], StringComparison.Ordinal);
        Assert.Contains("allowWatchBookmarks=true", _server.Requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_that_the_server_ends_is_taken_up_from_the_last_bookmark_without_a_new_list()
    {
        _server.Answer(EmptyList).Answer(Event("BOOKMARK", "", 99)).Answer(Event("ADDED", "a", 100));

        var events = await TakeAsync(3);

        Assert.IsType<ResourceEvent<Rollout>.Bookmarked>(events[1]);

        Assert.Contains("resourceVersion=99", _server.Requests[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_410_everything_is_listed_anew_at_once()
    {
        _server
            .Answer(EmptyList)
            .Answer(
                """{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}"""
                    + "\n"
            )
            .Answer("""{"metadata":{"resourceVersion":"50"},"items":[]}""")
            .Answer(Event("ADDED", "a", 51));

        var events = await TakeAsync(4);

        Assert.Equal(TimeSpan.Zero, Assert.IsType<ResourceEvent<Rollout>.Interrupted>(events[1]).RetryAfter);
        Assert.IsType<ResourceEvent<Rollout>.Listed>(events[2]);
        Assert.Contains("resourceVersion=50", _server.Requests[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_away_is_asked_again_later_and_each_wait_is_longer()
    {
        _server.Refuse().Refuse().Refuse().Answer(EmptyList);

        var events = await TakeAsync(4, TimeSpan.FromSeconds(40));

        var waits = events
            .Take(3)
            .Select(e => Assert.IsType<ResourceEvent<Rollout>.Interrupted>(e).RetryAfter)
            .ToList();
        Assert.All(
            waits,
            (wait, attempt) =>
                Assert.InRange(wait.TotalSeconds, 0.25 * Math.Pow(2, attempt), 0.5 * Math.Pow(2, attempt))
        );
        Assert.IsType<ResourceEvent<Rollout>.Listed>(events[3]);
    }

    [Fact]
    public async Task A_busy_server_is_left_alone_for_as_long_as_it_asks()
    {
        _server.Answer("{}", HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(7)).Answer(EmptyList);

        var interrupted = Assert.IsType<ResourceEvent<Rollout>.Interrupted>((await TakeAsync(1))[0]);

        Assert.Equal(TimeSpan.FromSeconds(7), interrupted.RetryAfter);
    }

    [Fact]
    public async Task A_watch_that_goes_silent_is_ended_after_the_time_the_server_promised()
    {
        _server.Answer(EmptyList);

        var events = await TakeAsync(2, TimeSpan.FromMinutes(6));

        var interrupted = Assert.IsType<ResourceEvent<Rollout>.Interrupted>(events[1]);
        Assert.Contains("no answer in time", interrupted.Cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_longer_than_a_page_is_read_page_by_page()
    {
        _server
            .Answer("""{"metadata":{"resourceVersion":"10","continue":"tok"},"items":[{"metadata":{"name":"a"}}]}""")
            .Answer("""{"metadata":{"resourceVersion":"10"},"items":[{"metadata":{"name":"b"}}]}""");

        var listed = Assert.IsType<ResourceEvent<Rollout>.Listed>((await TakeAsync(1))[0]);

        Assert.Equal(["a", "b"], listed.Items.Select(item => item.Metadata.Name));
        Assert.Contains("continue=tok", _server.Requests[1], StringComparison.Ordinal);
    }

    public void Dispose() => _server.Dispose();

    /// <summary>Follows until so many events have come, moving the clock on while it waits.</summary>
    private async Task<List<ResourceEvent<Rollout>>> TakeAsync(int count, TimeSpan? atMost = null)
    {
        using var http = _server.Connect();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var watch = new ResourceWatch<Rollout>(
            new KubernetesClient(http, _clock),
            ResourceTypes.Rollouts,
            null,
            _clock,
            new Random(1)
        );
        var events = new List<ResourceEvent<Rollout>>();
        await using var stream = watch.FollowAsync(stop.Token).GetAsyncEnumerator(Cancellation);
        var end = _clock.GetUtcNow() + (atMost ?? TimeSpan.Zero);
        while (events.Count < count)
        {
            var next = stream.MoveNextAsync().AsTask();
            while (!next.IsCompleted && _clock.GetUtcNow() < end)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(100));
                await Task.Yield();
            }

            Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
            events.Add(stream.Current);
        }

        return events;
    }

    private static string Event(string type, string name, int version) =>
        $$$"""{"type":"{{{type}}}","object":{"metadata":{"name":"{{{name}}}","resourceVersion":"{{{version}}}"} } }"""
        + "\n";
}
