using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Kubernetes;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>The events that people are told, as an API server gets them.</summary>
internal sealed class EventLog : HttpMessageHandler
{
    private readonly HttpClient _http;
    private readonly List<JsonObject> _written = [];

    public EventLog(TimeProvider clock)
    {
        _http = new HttpClient(this, disposeHandler: false) { BaseAddress = new Uri("http://cluster/") };
        Recorder = new EventRecorder(new KubernetesClient(_http, clock), "test", clock, _ => { }, (_, _) => { });
    }

    public EventRecorder Recorder { get; }

    /// <summary>What was told so far: type, reason and the words.</summary>
    public async Task<IReadOnlyList<(string Type, string Reason, string Message)>> ReadAsync()
    {
        var stopped = new CancellationToken(canceled: true);
        await Recorder.RunAsync(stopped, CancellationToken.None);
        return [.. _written.Select(told => (Text(told, "type"), Text(told, "reason"), Text(told, "message")))];
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var body = await request.Content!.ReadAsStringAsync(cancellationToken);
        _written.Add(JsonNode.Parse(body)!.AsObject());
        return new HttpResponseMessage { Content = new StringContent(body) };
    }

    protected override void Dispose(bool disposing)
    {
        _http.Dispose();
        base.Dispose(disposing);
    }

    private static string Text(JsonObject told, string field) => (string)told[field]!;
}
