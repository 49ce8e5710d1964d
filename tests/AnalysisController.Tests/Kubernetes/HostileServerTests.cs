using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Kubernetes;

/// <summary>
/// Answers that no API server should give, and what the client makes of each: a named failure, bounded.
/// </summary>
public sealed class HostileServerTests : IDisposable
{
    private const string Path = "apis/argoproj.io/v1alpha1/namespaces/default/rollouts/x";
    private static readonly ObjectKey Key = new("default", "x");

    private readonly VirtualClock _clock = new();
    private readonly ScriptedServer _server = new();
    private readonly HttpClient _http;
    private readonly KubernetesClient _client;

    public HostileServerTests()
    {
        _http = _server.Connect();
        _client = new KubernetesClient(_http, _clock);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpStatusCode.Conflict, true, false, false)]
    [InlineData(HttpStatusCode.Gone, false, false, true)]
    [InlineData(HttpStatusCode.TooManyRequests, false, true, false)]
    [InlineData(HttpStatusCode.InternalServerError, false, true, false)]
    [InlineData(HttpStatusCode.BadGateway, false, true, false)]
    [InlineData(HttpStatusCode.Unauthorized, false, true, false)]
    [InlineData(HttpStatusCode.Forbidden, false, false, false)]
    public async Task A_refusal_is_classed_once(HttpStatusCode code, bool conflict, bool transient, bool gone)
    {
        _server.Answer("""{"kind":"Status","reason":"Because","message":"of that"}""", code);

        var failure = await GetAsync();

        Assert.Equal((conflict, transient, gone), (failure.IsConflict, failure.IsTransient, failure.IsGone));
        Assert.Equal($"GET {Path}: {(int)code} Because: of that", failure.Message);
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(86_400, 120)]
    [InlineData(0, 0)]
    public async Task A_wait_that_the_server_asks_for_is_kept_within_two_minutes(int asked, int kept)
    {
        _server.Answer("{}", HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(asked));

        Assert.Equal(TimeSpan.FromSeconds(kept), (await GetAsync()).RetryAfter);
    }

    [Theory]
    [InlineData(-3600, 0)]
    [InlineData(30, 30)]
    [InlineData(3600, 120)]
    public async Task A_wait_until_an_instant_is_kept_within_two_minutes(int seconds, int kept)
    {
        var until = _clock.GetUtcNow().AddSeconds(seconds).ToString("r", CultureInfo.InvariantCulture);
        _server.Answer("{}", HttpStatusCode.ServiceUnavailable, headers: ("Retry-After", until));

        Assert.Equal(TimeSpan.FromSeconds(kept), (await GetAsync()).RetryAfter);
    }

    [Fact]
    public async Task A_page_of_a_proxy_in_place_of_an_object_is_a_failure_and_may_be_retried()
    {
        _server.Answer("<html>Please log in</html>");

        var failure = await GetAsync();

        Assert.True(failure.IsTransient);
        var begins = $"{Path}: the answer is not what the API promises: '<'";
        Assert.StartsWith(begins, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_a_proxy_in_place_of_a_Status_leaves_the_code()
    {
        _server.Answer("<html>Bad gateway</html>", HttpStatusCode.BadGateway);

        Assert.Equal($"GET {Path}: 502 BadGateway: no message", (await GetAsync()).Message);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_says_where_it_wanted_to_go()
    {
        _server.Answer("", HttpStatusCode.Found, headers: ("Location", "http://elsewhere/"));

        var failure = await GetAsync();

        var told = "redirects to http://elsewhere/, which is not followed";
        Assert.Contains(told, failure.Message, StringComparison.Ordinal);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task An_endless_body_ends_at_the_bound()
    {
        _server.Answer(() => new StreamContent(new Endless("{\"metadata\":{\"name\":\"" + new string('x', 4096))));

        var failure = await GetAsync();

        Assert.Contains("67108864", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_refusal_ends_at_a_smaller_bound_and_leaves_the_code()
    {
        _server.Answer(() => new StreamContent(new Endless("no, ")), HttpStatusCode.Forbidden);

        Assert.Equal($"GET {Path}: 403 Forbidden: no message", (await GetAsync()).Message);
    }

    [Fact]
    public async Task A_body_that_is_cut_off_is_a_failure_and_may_be_retried()
    {
        _server.Answer("""{"metadata":{"name":"x","resourc""");

        Assert.True((await GetAsync()).IsTransient);
    }

    [Fact]
    public async Task A_list_that_never_ends_is_given_up_after_two_hundred_pages()
    {
        for (var page = 0; page < 250; page++)
        {
            _server.Answer($$"""{"metadata":{"resourceVersion":"1","continue":"p{{page}}"},"items":[]}""");
        }

        var failure = await Assert.ThrowsAsync<KubernetesException>(() =>
            _client.ListAsync(ResourceTypes.Rollouts, null, Cancellation)
        );

        Assert.Equal(200, _server.Requests.Count);
        Assert.Contains("more than 200 pages of 500", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_of_a_watch_that_never_ends_is_given_up_at_the_bound()
    {
        _server.Answer(() => new StreamContent(new Endless("x")));

        var failure = await Assert.ThrowsAsync<KubernetesException>(async () => await LinesAsync());

        Assert.Contains("a line is longer than 8388608 bytes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_last_line_of_a_watch_that_was_cut_off_counts_as_none()
    {
        _server.Answer("""{"type":"ADDED","object":{} }""" + "\n" + """{"type":"ADDED","obj""");

        Assert.Single(await LinesAsync());
    }

    [Fact]
    public async Task A_patch_in_flight_when_the_server_goes_silent_is_given_up_after_thirty_seconds()
    {
        var patching = _client.PatchAsync(ResourceTypes.Rollouts, Key, new JsonObject(), Cancellation);

        _clock.Advance(TimeSpan.FromSeconds(30));

        var failure = await Assert.ThrowsAsync<KubernetesException>(() => patching);
        Assert.Equal($"PATCH {Path}: no answer in time", failure.Message);
    }

    [Theory]
    [InlineData("9", "12", "12")]
    [InlineData("13", "12", "13")]
    [InlineData("x", "12", "x")]
    public void A_watch_that_replays_what_a_write_of_ours_overtook_changes_nothing(string seen, string own, string kept)
    {
        var cache = new ResourceCache<Rollout>();
        cache.Put(At(own));

        cache.Apply(new ResourceEvent<Rollout>.Changed(At(seen)));

        Assert.Equal(kept, cache.Find(Key)!.Metadata.ResourceVersion);
    }

    [Fact]
    public void A_list_is_believed_even_when_it_goes_back_in_time()
    {
        var cache = new ResourceCache<Rollout>();
        cache.Put(At("12"));

        cache.Apply(new ResourceEvent<Rollout>.Listed([At("3")]));

        Assert.Equal("3", cache.Find(Key)!.Metadata.ResourceVersion);
    }

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
    }

    private static Rollout At(string version) =>
        new()
        {
            Metadata = new ObjectMeta
            {
                Name = Key.Name,
                Namespace = Key.Namespace,
                Uid = "u",
                ResourceVersion = version,
            },
        };

    private Task<KubernetesException> GetAsync() =>
        Assert.ThrowsAsync<KubernetesException>(() => _client.GetAsync(ResourceTypes.Rollouts, Key, Cancellation));

    private async Task<List<WatchLine>> LinesAsync()
    {
        var lines = new List<WatchLine>();
        await foreach (var line in _client.WatchAsync(ResourceTypes.Rollouts, null, "1", Cancellation))
        {
            lines.Add(line);
        }

        return lines;
    }

    /// <summary>Says the same thing again and again.</summary>
    private sealed class Endless(string text) : Stream
    {
        private readonly byte[] _text = Encoding.UTF8.GetBytes(text);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException("read only");

        public override long Position
        {
            get => throw new NotSupportedException("read only");
            set => throw new NotSupportedException("read only");
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            for (var i = 0; i < count; i++)
            {
                buffer[offset + i] = _text[i % _text.Length];
            }

            return count;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("read only");

        public override void SetLength(long value) => throw new NotSupportedException("read only");

        public override void Write(byte[] buffer, int offset, int count) =>
            throw new NotSupportedException("read only");
    }
}
