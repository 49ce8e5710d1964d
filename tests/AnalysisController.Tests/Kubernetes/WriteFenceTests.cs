using System.Net;
using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Kubernetes;

/// <summary>Every way to write, with the fence open, closed, and running out.</summary>
public sealed class WriteFenceTests : IDisposable
{
    private static readonly ObjectKey Key = new("default", "x");

    private readonly VirtualClock _clock = new();
    private readonly ScriptedServer _server = new();
    private readonly HttpClient _http;
    private readonly WriteFence _fence;
    private readonly KubernetesClient _client;

    public WriteFenceTests()
    {
        _http = _server.Connect();
        _fence = new WriteFence(_clock);
        _client = new KubernetesClient(_http, _clock, _fence);
    }

    public static TheoryData<string> Writes => ["create", "patch", "patch status", "delete"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Writes))]
    public async Task A_closed_fence_lets_nothing_out(string write)
    {
        var failure = await Assert.ThrowsAsync<KubernetesException>(() => WriteAsync(write));

        Assert.Contains("not sent, not the leader", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.IsTransient);
        Assert.Empty(_server.Requests);
    }

    [Theory, MemberData(nameof(Writes))]
    public async Task An_open_fence_lets_it_out_and_its_end_ends_a_write_under_way(string write)
    {
        _fence.Open(Moment.Of(_clock), TimeSpan.FromSeconds(10));
        _clock.Advance(TimeSpan.FromSeconds(7));

        var writing = WriteAsync(write);
        Assert.Single(_server.Requests);
        _clock.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(writing.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.2));

        var failure = await Assert.ThrowsAsync<KubernetesException>(() => writing);
        Assert.Contains("no answer in time", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_is_for_everybody()
    {
        _server.Answer("""{"metadata":{"name":"x"}}""");

        Assert.Equal("x", (await _client.GetAsync(ResourceTypes.Rollouts, Key, Cancellation)).Metadata.Name);
    }

    [Fact]
    public void A_fence_is_closed_until_it_is_opened_and_after_its_time()
    {
        Assert.False(_fence.IsOpen);
        _fence.Open(Moment.Of(_clock), TimeSpan.FromSeconds(10));
        _clock.Advance(TimeSpan.FromSeconds(9.999));
        Assert.True(_fence.IsOpen);
        _clock.Advance(TimeSpan.FromSeconds(0.001));
        Assert.False(_fence.IsOpen);
    }

    [Fact]
    public async Task A_write_that_a_pause_held_up_past_the_fence_is_stopped_by_its_resourceVersion()
    {
        // The server got it late, after the next leader had written: that is what the version it carries is for.
        _server.Answer("""{"kind":"Status","reason":"Conflict"}""", HttpStatusCode.Conflict);
        _fence.Open(Moment.Of(_clock), TimeSpan.FromSeconds(10));

        var failure = await Assert.ThrowsAsync<KubernetesException>(() => WriteAsync("patch"));

        Assert.True(failure.IsConflict);
    }

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
    }

    private Task WriteAsync(string write) =>
        write switch
        {
            "create" => _client.CreateAsync(ResourceTypes.AnalysisRuns, "default", new JsonObject(), Cancellation),
            "patch" => _client.PatchAsync(ResourceTypes.AnalysisRuns, Key, new JsonObject(), Cancellation),
            "patch status" => _client.PatchStatusAsync(ResourceTypes.Rollouts, Key, new JsonObject(), Cancellation),
            "delete" => _client.DeleteAsync(
                ResourceTypes.AnalysisRuns,
                new AnalysisRun
                {
                    Metadata = new ObjectMeta
                    {
                        Name = "x",
                        Namespace = "default",
                        Uid = "u",
                    },
                },
                Cancellation
            ),
            _ => throw new ArgumentException(write, nameof(write)),
        };
}
