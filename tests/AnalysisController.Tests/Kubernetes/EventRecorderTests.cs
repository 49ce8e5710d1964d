using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Kubernetes;

/// <summary>What is written of an event, and that writing it is in nobody's way.</summary>
public sealed class EventRecorderTests : IDisposable
{
    private static readonly ObjectReference Cart = new("argoproj.io/v1alpha1", "Rollout", "shop", "cart", "u-1")
    {
        ResourceVersion = "42",
    };

    private readonly VirtualClock _clock = new();
    private readonly EventServer _server = new();
    private readonly HttpClient _http;
    private readonly List<EventOutcome> _outcomes = [];
    private readonly List<string> _failures = [];
    private readonly EventRecorder _recorder;

    public EventRecorderTests()
    {
        _http = new HttpClient(_server) { BaseAddress = new Uri("http://cluster/") };
        _recorder = new EventRecorder(
            new KubernetesClient(_http, _clock),
            "host_1",
            _clock,
            _outcomes.Add,
            (_, why) => _failures.Add(why)
        );
    }

    [Fact]
    public async Task An_event_says_what_happened_to_what_and_who_says_so()
    {
        _recorder.Record(Cart, "CanaryAborted", "it was bad", isWarning: true);

        await WriteAsync();

        var (method, path, body) = Assert.Single(_server.Writes);
        Assert.Equal(("POST", "/api/v1/namespaces/shop/events"), (method, path));
        // 2026-01-01T00:00:00Z in nanoseconds, hexadecimal.
        Assert.Equal("cart.18867251edfa0000", (string?)body["metadata"]!["name"]);
        Assert.Equal("Warning", Text(body, "type"));
        Assert.Equal("CanaryAborted", Text(body, "reason"));
        Assert.Equal("it was bad", Text(body, "message"));
        Assert.Equal("analysis-controller", Text(body, "reportingComponent"));
        Assert.Equal("host_1", Text(body, "reportingInstance"));
        Assert.Equal("2026-01-01T00:00:00Z", Text(body, "firstTimestamp"));
        Assert.Equal(
            """{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","namespace":"shop","name":"cart","""
                + "\"uid\":\"u-1\",\"resourceVersion\":\"42\"}",
            body["involvedObject"]!.ToJsonString()
        );
        Assert.Equal([EventOutcome.Created], _outcomes);
    }

    [Fact]
    public async Task A_repeat_is_counted_on_and_made_anew_when_the_server_has_forgotten_it()
    {
        _recorder.Record(Cart, "ScrapeFailed", "refused");
        _recorder.Record(Cart, "ScrapeFailed", "refused");
        await WriteAsync();

        Assert.Equal(["POST", "PATCH"], _server.Writes.Select(write => write.Method));
        Assert.Equal(2, (int?)_server.Writes[1].Body["count"]);
        _server.Forgets = true;
        _recorder.Record(Cart, "ScrapeFailed", "refused");
        await WriteAsync();
        Assert.Equal(["POST", "PATCH", "PATCH", "POST"], _server.Writes.Select(write => write.Method));
        Assert.Equal([EventOutcome.Created, EventOutcome.Folded, EventOutcome.Created], _outcomes);
    }

    [Fact]
    public async Task An_event_that_the_server_will_not_have_is_dropped_and_told()
    {
        _server.Refusal = HttpStatusCode.Forbidden;
        _recorder.Record(Cart, "ScrapeFailed", "refused");

        await WriteAsync();

        Assert.Equal([EventOutcome.Dropped], _outcomes);
        Assert.Contains("403", Assert.Single(_failures), StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_can_wait_is_dropped_and_nobody_waits_for_it()
    {
        for (var i = 0; i < 300; i++)
        {
            _recorder.Record(Cart, "ScrapeFailed", $"pod {i}");
        }

        Assert.Equal(300 - 256, _outcomes.Count);
    }

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
    }

    private Task WriteAsync() => _recorder.RunAsync(new CancellationToken(canceled: true), CancellationToken.None);

    private static string? Text(JsonObject body, string field) => (string?)body[field];

    private sealed class EventServer : HttpMessageHandler
    {
        public List<(string Method, string Path, JsonObject Body)> Writes { get; } = [];

        public HttpStatusCode? Refusal { get; set; }

        public bool Forgets { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var body = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!.AsObject();
            Writes.Add((request.Method.Method, request.RequestUri!.AbsolutePath, body));
            var isGone = Forgets && request.Method == HttpMethod.Patch;
            return new HttpResponseMessage(Refusal ?? (isGone ? HttpStatusCode.NotFound : HttpStatusCode.OK))
            {
                Content = new StringContent(body.ToJsonString(), Encoding.UTF8),
            };
        }
    }
}
