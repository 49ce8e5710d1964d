using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Metrics;
using Rollouts.LocalCluster.ArgoStandIn.Runs;
using Rollouts.LocalCluster.Tests.ApiServer;
using Rollouts.Shared;
using MergePatch = Rollouts.LocalCluster.ApiServer.Patching.MergePatch;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>One AnalysisRun between Argo and the companion, on values and virtual time.</summary>
internal sealed class RunStory : IDisposable
{
    /// <summary>In the place of a body: no answer.</summary>
    public const string Silence = "silence";

    /// <summary>Where virtual time begins.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly VirtualClock _clock = new();
    private readonly HttpClient _http;
    private readonly ArgoRelease _release;

    public RunStory(string spec, ArgoRelease release = ArgoRelease.Current)
    {
        _release = release;
        Run = Cluster.Object("{apiVersion: argoproj.io/v1alpha1, kind: AnalysisRun, metadata: {name: run}}");
        Run["spec"] = Cluster.Object(spec);
        _http = new HttpClient(new WebAnswers(WebBodies));
    }

    /// <summary>The run as it stands in the cluster.</summary>
    public JsonObject Run { get; private set; }

    /// <summary>What Argo's cache holds, when it lags; null when it is up to date.</summary>
    public JsonObject? Cached { get; set; }

    public List<ObjectEvent> Events { get; } = [];
    public Dictionary<string, Dictionary<string, string>> Secrets { get; } = [];

    /// <summary>The JSON bodies with which web metrics are answered, in order; the last one stays.</summary>
    public Queue<string> WebBodies { get; } = new();

    public int PatchCount { get; private set; }
    public DateTimeOffset? NextAt { get; private set; }

    public int Seconds => (int)(_clock.GetUtcNow() - RunStory.Start).TotalSeconds;
    public string? Phase => Run.Text("status", "phase");
    public string? Message => Run.Text("status", "message");

    public JsonObject Metric(string name = "canary") => MetricResults.Find(Run.Object("status")!, name)!;

    public static string At(int seconds) => RunStory.Start.AddSeconds(seconds).ToWire();

    /// <summary>Reconciles until nothing changes, as every write wakes Argo again.</summary>
    public async Task ReconcileAsync()
    {
        for (var i = 0; i < 20 && await ReconcileOnceAsync(); i++)
        {
        }
    }

    /// <returns>Whether something was written.</returns>
    public async Task<bool> ReconcileOnceAsync()
    {
        var read = (JsonObject)(Cached ?? Run).DeepClone();
        var now = _clock.GetUtcNow();
        NextAt = null;
        if (AnalysisRunReconciler.Plan(read, name => Secrets.GetValueOrDefault(name), now, _release) is not { } plan)
            return false;
        var providers = new MetricProviders(new WebMetric(_http, _clock), _clock);
        var measurements = await Task.WhenAll(plan.Tasks.Select(task =>
            providers.MeasureAsync(task, plan.IsTerminating, TestContext.Current.CancellationToken)));
        var outcome = AnalysisRunReconciler.Conclude(plan, measurements, now);
        NextAt = outcome.NextAt;
        Events.AddRange(outcome.Events);
        if (outcome.Patch is null)
            return false;
        PatchCount++;
        Apply(outcome.Patch);
        return true;
    }

    /// <summary>Moves time to an instant, reconciling whenever something is due on the way.</summary>
    public async Task RunUntilAsync(int seconds)
    {
        await ReconcileAsync();
        while (NextAt is { } next && (int)(next - RunStory.Start).TotalSeconds <= seconds)
        {
            MoveTo(Math.Max(Seconds, (int)Math.Ceiling((next - RunStory.Start).TotalSeconds)));
            await ReconcileAsync();
        }
        MoveTo(seconds);
        if (NextAt is not null)
            await ReconcileAsync();
    }

    public void MoveTo(int seconds) => _clock.Advance(TimeSpan.FromSeconds(seconds - Seconds));

    /// <summary>The companion's heartbeat: one measurement in flight, all counters dropped.</summary>
    public void Beat(string metric = "canary") => Write(metric, $$"""
        {name: {{metric}}, phase: Running, measurements: [
          {phase: Running, startedAt: "{{At(Seconds)}}", message: watching, resumeAt: "{{At(Seconds + 300)}}"}]}
        """);

    /// <summary>Replaces the entry of one metric, and keeps the others as they are.</summary>
    public void Write(string metric, string entry)
    {
        var results = Run.Items("status", "metricResults").Where(result => result.Text("name") != metric);
        var list = new JsonArray([.. results.Select(result => result.DeepClone()), Cluster.Object(entry)]);
        Apply(new JsonObject { ["status"] = new JsonObject { ["metricResults"] = list } });
    }

    public void Apply(string patch) => Apply(Cluster.Object(patch));

    public void Dispose() => _http.Dispose();

    private void Apply(JsonObject patch)
    {
        Run = (JsonObject)Run.DeepClone();
        MergePatch.Apply(Run, patch);
    }

    private sealed class WebAnswers(Queue<string> bodies) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = bodies.Count > 1 ? bodies.Dequeue() : bodies.Peek();
            if (body == Silence)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return body == "503"
                ? new HttpResponseMessage(System.Net.HttpStatusCode.ServiceUnavailable)
                : new HttpResponseMessage { Content = new StringContent(body) };
        }
    }
}
