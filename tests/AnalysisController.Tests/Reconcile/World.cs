using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.AnalysisController.Scraping;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>
/// One Rollout with four stable pods and one canary pod, an API server that holds AnalysisRuns, and the real
/// reconciler, client and scraper on virtual time. A restart is a new <see cref="Start"/>.
/// </summary>
internal sealed class World : IDisposable
{
    private const string Hash = "rollouts-pod-template-hash";
    private readonly RunServer _server = new();
    private readonly PodServer _pods;
    private readonly HttpClient _api;
    private readonly HttpClient _scrapes;
    private readonly ReconcileQueue _queue;
    private readonly ControllerMetrics _metrics;
    private readonly PodScraper _scraper;
    private ClusterCaches _caches = new();
    private RolloutReconciler _reconciler = null!;

    public World()
    {
        _pods = new PodServer(Clock);
        _api = new HttpClient(_server) { BaseAddress = new Uri("http://cluster/") };
        _scrapes = new HttpClient(_pods);
        _queue = new ReconcileQueue(Clock);
        _metrics = new ControllerMetrics(_queue);
        _scraper = new PodScraper(_scrapes, new ScrapeLimits(), Clock);
        Start();
    }

    public VirtualClock Clock { get; } = new();

    public RunServer Server => _server;

    /// <summary>Share of the canary's requests that fail; stable's is 0.001.</summary>
    public double CanaryErrorRatio
    {
        get => _pods.CanaryErrorRatio;
        set => _pods.CanaryErrorRatio = value;
    }

    private static ObjectKey Key { get; } = new("default", "sample");

    /// <summary>The process begins, or begins again: nothing is left but what the cluster holds.</summary>
    public void Start()
    {
        _caches = new ClusterCaches();
        _caches.Rollouts.Apply(
            Listed<Rollout>(
                """
                {"metadata":{"name":"sample","namespace":"default","uid":"ro-1"},
                 "status":{"stableRS":"old","currentPodHash":"new","currentStepIndex":1}}
                """
            )
        );
        _caches.ReplicaSets.Apply(Listed<ReplicaSet>(Set("old"), Set("new")));
        _caches.Pods.Apply(Listed<Pod>([.. Enumerable.Range(1, 4).Select(n => PodJson("old", n)), PodJson("new", 9)]));
        _reconciler = new RolloutReconciler(
            _caches,
            new KubernetesClient(_api, Clock),
            _scraper,
            new Witnesses(null, null),
            _metrics,
            Clock,
            NullLogger.Instance
        );
        Watch();
    }

    /// <summary>The watch catches up with the API server.</summary>
    public void Watch() =>
        _caches.AnalysisRuns.Apply(Listed<AnalysisRun>([.. _server.Runs.Select(run => run.ToJsonString())]));

    /// <summary>Reconciles whenever it is due, for so long. Conflicts are retried as the loop would.</summary>
    public async Task RunAsync(TimeSpan duration)
    {
        var end = Clock.GetUtcNow() + duration;
        while (Clock.GetUtcNow() < end)
        {
            DateTimeOffset? dueAt;
            try
            {
                dueAt = await _reconciler.ReconcileAsync(Key, TestContext.Current.CancellationToken);
            }
            catch (KubernetesException e) when (e.IsConflict)
            {
                dueAt = Clock.GetUtcNow();
            }

            Watch();
            var next = dueAt is { } at && at < end ? at : end;
            Clock.Advance(next > Clock.GetUtcNow() ? next - Clock.GetUtcNow() : TimeSpan.FromMilliseconds(1));
        }
    }

    public void Dispose()
    {
        _scraper.Dispose();
        _metrics.Dispose();
        _queue.Dispose();
        _scrapes.Dispose();
        _api.Dispose();
        _pods.Dispose();
        _server.Dispose();
    }

    private static ResourceEvent<T>.Listed Listed<T>(params string[] items) =>
        new([
            .. items.Select(item =>
                (T)JsonSerializer.Deserialize(item, KubernetesJson.Default.GetTypeInfo(typeof(T))!)!
            ),
        ]);

    private static string Set(string hash) =>
        $$"""
            {"metadata":{"name":"sample-{{hash}}","namespace":"default","uid":"rs-{{hash}}",
             "labels":{"{{Hash}}":"{{hash}}"},
             "ownerReferences":[{"kind":"Rollout","name":"sample","uid":"ro-1","controller":true}]} }
            """;

    private static string PodJson(string hash, int number) =>
        $$"""
            {"metadata":{"name":"sample-{{hash}}-{{number}}","namespace":"default","uid":"pod-{{number}}",
             "labels":{"{{Hash}}":"{{hash}}"},
             "ownerReferences":[{"kind":"ReplicaSet","name":"sample-{{hash}}","uid":"rs-{{hash}}","controller":true}]},
             "spec":{"containers":[{"name":"api","ports":[{"containerPort":8080}]}]},
             "status":{"podIP":"10.0.0.{{number}}","phase":"Running",
             "conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2025-12-31T23:50:00Z"}]} }
            """;

    /// <summary>Holds AnalysisRuns as an API server does: resourceVersions, merge patches, conflicts.</summary>
    internal sealed class RunServer : HttpMessageHandler
    {
        private int _version = 100;

        public List<JsonObject> Runs { get; } = [];

        public List<JsonObject> Patches { get; } = [];

        /// <summary>Somebody else's write between our read and our patch.</summary>
        public Action? BeforePatch { get; set; }

        public void Create(string json)
        {
            var run = JsonNode.Parse(json)!.AsObject();
            Runs.Add(run);
            Write(run, []);
        }

        /// <summary>A merge patch of somebody who sends no resourceVersion: Argo.</summary>
        public void Write(JsonObject run, JsonObject patch)
        {
            Merge(run, patch);
            run["metadata"]!["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
        }

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var name = request.RequestUri!.Segments[^1];
            var run = Runs.Find(candidate => (string?)candidate["metadata"]!["name"] == name);
            if (run is null)
            {
                return new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent("{}") };
            }

            if (request.Method == HttpMethod.Patch)
            {
                var patch = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!.AsObject();
                BeforePatch?.Invoke();
                BeforePatch = null;
                if ((string?)patch["metadata"]!["resourceVersion"] != (string?)run["metadata"]!["resourceVersion"])
                {
                    return new HttpResponseMessage(HttpStatusCode.Conflict) { Content = new StringContent("{}") };
                }

                Patches.Add(patch.DeepClone().AsObject());
                Write(run, patch);
            }

            return new HttpResponseMessage { Content = new StringContent(run.ToJsonString(), Encoding.UTF8) };
        }

        private static void Merge(JsonObject target, JsonObject patch)
        {
            foreach (var (key, value) in patch)
            {
                if (value is JsonObject child && target[key] is JsonObject existing)
                {
                    Merge(existing, child);
                }
                else if (value is null)
                {
                    target.Remove(key);
                }
                else
                {
                    target[key] = value.DeepClone();
                }
            }
        }
    }

    /// <summary>
    /// Answers scrapes with counters that grow by the clock: 100 requests/s a pod, none slower than 5 ms.
    /// </summary>
    private sealed class PodServer(TimeProvider clock) : HttpMessageHandler
    {
        private readonly DateTimeOffset _start = clock.GetUtcNow();

        public double CanaryErrorRatio { get; set; } = 0.001;

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var canary = request.RequestUri!.Host == "10.0.0.9";
            var body =
                request.RequestUri.AbsolutePath == "/health"
                    ? """{"status":"pass"}"""
                    : Metrics(
                        (long)((clock.GetUtcNow() - _start).TotalSeconds * 100),
                        canary ? CanaryErrorRatio : 0.001
                    );
            return Task.FromResult(
                new HttpResponseMessage { Content = new StringContent(body, Encoding.UTF8, "text/plain") }
            );
        }

        private static string Metrics(long total, double errorRatio)
        {
            var errors = (long)(total * errorRatio);
            return Family("200", total - errors, header: true)
                + (errors > 0 ? Family("500", errors, header: false) : "");
        }

        private static string Family(string code, long count, bool header)
        {
            const string name = "http_server_request_duration_seconds";
            var labels = $"http_request_method=\"GET\",http_route=\"/api/items\",http_response_status_code=\"{code}\"";
            return (header ? $"# HELP {name} Duration.\n# TYPE {name} histogram\n" : "")
                + string.Concat(
                    new[] { "0.005", "0.01", "0.1", "1", "+Inf" }.Select(le =>
                        $"{name}_bucket{{{labels},le=\"{le}\"}} {count}\n"
                    )
                )
                + $"{name}_sum{{{labels}}} {count * 0.001}\n{name}_count{{{labels}}} {count}\n";
        }
    }
}
