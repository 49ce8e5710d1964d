using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.Tests.ApiServer;
using Rollouts.Shared;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>The whole controller: watches, loops, cache, HTTP, a real object store, on virtual time.</summary>
public sealed class ArgoControllerTests : IAsyncLifetime
{
    private const string Runs = "analysisruns.argoproj.io";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly VirtualClock _clock = new();
    private readonly ClusterObjects _objects;
    private readonly ArgoController _argo;
    private Task _running = Task.CompletedTask;

    public ArgoControllerTests()
    {
        _objects = Cluster.New(new ClusterStateOptions { Clock = _clock }).Objects;
        _argo = new ArgoController(_objects, _clock);
    }

    public ValueTask InitializeAsync()
    {
        _running = _argo.RunAsync(_stop.Token);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        _stop.Dispose();
    }

    [Fact]
    public async Task A_rollout_is_deployed_updated_and_aborted_by_watch_events_alone()
    {
        _objects.Create("rollouts.argoproj.io", "default", Cluster.Rollout("sample"));
        await RolloutAsync(rollout => rollout.Int("status", "currentStepIndex") == 2);
        await PodsAsync();
        await RolloutAsync(rollout => rollout.Text("status", "phase") == "Healthy");

        _objects.MergePatch("rollouts.argoproj.io", "default", "sample", Cluster.Object(
            "{spec: {template: {spec: {containers: [{name: api, image: \"sample-api:v2\"}]}}}}"));
        await UntilAsync("replicasets.apps", _ => _objects.List("replicasets.apps").Count == 2);
        await PodsAsync();
        await RolloutAsync(rollout => rollout.Text("status", "phase") == "Paused");

        var abort = Cluster.Object("{status: {abort: true}}");
        _objects.MergePatch("rollouts.argoproj.io", "default", "sample", abort, "status");
        await RolloutAsync(rollout => rollout.Text("status", "phase") == "Degraded");
        Assert.Contains(_objects.List("events", "default"), what => what.Text("reason") == "RolloutAborted");
    }

    [Fact]
    public async Task A_web_metric_is_really_asked_and_its_value_decides()
    {
        using var server = new OneAnswerServer("""{"verdict": "Abort", "n": 2}""");
        Create("web", $$"""
            {name: web, failureCondition: result == "Abort",
             provider: {web: {url: "http://127.0.0.1:{{server.Port}}/verdict", jsonPath: "{$.verdict}"} } }
            """);

        var run = await UntilAsync(Runs, item => item.Text("status", "phase") == "Failed");

        Assert.Equal("Abort", run.Items("status", "metricResults")[0].Items("measurements")[0].Text("value"));
        Assert.StartsWith("GET /verdict HTTP/1.1\r\n", await server.Request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Argos_write_from_a_lagging_cache_wipes_our_beat()
    {
        using var server = new OneAnswerServer("""{"ok": true}""");
        Create("two", $$"""
            {name: canary, initialDelay: 5m, provider: {plugin: {x: {} } } },
            {name: web, initialDelay: 2s, provider: {web: {url: "http://127.0.0.1:{{server.Port}}/"} } }
            """);
        await UntilAsync(Runs, item => item.Text("status", "phase") == "Running");
        _argo.Runs.HoldBack();

        _objects.MergePatch(Runs, "default", "two", Cluster.Object("""
            {status: {metricResults: [{name: canary, phase: Running, measurements: [
              {phase: Running, message: watching, resumeAt: "2999-01-01T00:00:00Z"}]}]}}
            """));
        var run = await WebMeasuredAsync();

        Assert.Equal(["web"], Names(run));
        _argo.Runs.Release();
    }

    [Fact]
    public async Task Nothing_of_a_beat_is_lost_while_the_cache_keeps_up()
    {
        using var server = new OneAnswerServer("""{"ok": true}""");
        Create("two", $$"""
            {name: canary, initialDelay: 5m, provider: {plugin: {x: {} } } },
            {name: web, initialDelay: 2s, provider: {web: {url: "http://127.0.0.1:{{server.Port}}/"} } }
            """);
        await UntilAsync(Runs, item => item.Text("status", "phase") == "Running");

        _objects.MergePatch(Runs, "default", "two", Cluster.Object("""
            {status: {metricResults: [{name: canary, phase: Running, measurements: [
              {phase: Running, message: watching, resumeAt: "2999-01-01T00:00:00Z"}]}]}}
            """));
        while (!Names(_argo.Runs.Find(new ObjectKey("default", "two"))!).Any())
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        var run = await WebMeasuredAsync();

        Assert.Equal(["canary", "web"], Names(run));
        Assert.Equal("Running", run.Text("status", "phase"));
    }

    [Fact]
    public async Task A_cluster_without_the_resources_of_argo_ends_the_controller_and_says_why()
    {
        var bare = new ArgoController(new ClusterState(new ClusterStateOptions()).Objects, TimeProvider.System);

        var running = bare.RunAsync(TestContext.Current.CancellationToken);
        var failure = await Assert.ThrowsAsync<ApiException>(() => running);

        Assert.Equal("the server could not find the requested resource", failure.Message);
    }

    private void Create(string name, string metrics) => _objects.Create(Runs, "default", Cluster.Object($$"""
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisRun
        metadata: {name: {{name}} }
        spec: {metrics: [{{metrics}}]}
        """));

    private static IEnumerable<string?> Names(JsonObject run) =>
        run.Items("status", "metricResults").Select(result => result.Text("name"));

    /// <summary>Lets the initial delay of the web metric pass.</summary>
    private async Task<JsonObject> WebMeasuredAsync()
    {
        var measured = UntilAsync(Runs, item => Names(item).Contains("web"));
        // The loop may not have set its timer yet when time first moves.
        for (var i = 0; i < 10 && !measured.IsCompleted; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            var pause = Task.Delay(
                TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);
            await Task.WhenAny(measured, pause);
        }
        return await measured;
    }

    /// <summary>Makes every pod that is asked for available.</summary>
    private async Task PodsAsync()
    {
        await UntilAsync("replicasets.apps", set => set.Int("spec", "replicas") > 0);
        foreach (var set in _objects.List("replicasets.apps"))
        {
            var count = set.Int("spec", "replicas")!.Value;
            _objects.MergePatch("replicasets.apps", "default", set.Text("metadata", "name")!, Cluster.Object($$"""
                {status: {replicas: {{count}}, readyReplicas: {{count}}, availableReplicas: {{count}} } }
                """), "status");
        }
    }

    private Task<JsonObject> RolloutAsync(Predicate<JsonObject> holds) => UntilAsync("rollouts.argoproj.io", holds);

    private async Task<JsonObject> UntilAsync(string resource, Predicate<JsonObject> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        await foreach (var change in _objects.WatchAsync(resource, patience.Token))
        {
            if (change.Type != ClusterEventType.Deleted && holds(change.Object))
                return change.Object;
        }
        throw new InvalidOperationException($"the watch of {resource} ended");
    }

    /// <summary>Answers one HTTP request on a free loopback port.</summary>
    private sealed class OneAnswerServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public OneAnswerServer(string body)
        {
            _listener.Start();
            Request = AnswerAsync(body);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;
        public Task<string> Request { get; }

        public void Dispose() => _listener.Dispose();

        private async Task<string> AnswerAsync(string body)
        {
            using var client = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            var stream = client.GetStream();
            var buffer = new byte[4096];
            var length = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
            var answer = $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), TestContext.Current.CancellationToken);
            return Encoding.ASCII.GetString(buffer, 0, length);
        }
    }
}
