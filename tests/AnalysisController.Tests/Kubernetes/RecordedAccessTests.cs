using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Leadership;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.AnalysisController.Scraping;
using Rollouts.AnalysisController.Tests.Reconcile;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Kubernetes;

/// <summary>
/// The table of what RBAC must grant against what a controller asks for when everything that it can do happens. That
/// nothing beyond the table is asked for is checked at every request of every test on virtual time.
/// </summary>
public sealed class RecordedAccessTests : IDisposable
{
    private readonly VirtualClock _clock = new();
    private readonly AgreeableServer _server = new();
    private readonly HttpClient _http;
    private readonly KubernetesClient _client;

    public RecordedAccessTests()
    {
        _http = new HttpClient(_server) { BaseAddress = new Uri("http://cluster/") };
        _client = new KubernetesClient(_http, _clock);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_rule_of_the_table_is_asked_for()
    {
        await WatchAsync();
        await LeadAsync();
        await TellAsync();
        var pod = new Pod { Metadata = new ObjectMeta { Namespace = "default", Name = "p" } };
        await _http.GetAsync(PodProxy.Of(pod, new Uri("http://10.0.0.1:8080/metrics")), Cancellation);
        var asked = _server.Asked.Concat(await PushAsync()).Concat(await DirectAsync());

        Assert.Equal(
            RequiredAccess
                .Rules.SelectMany(rule => rule.Verbs.Select(verb => (rule.Group, rule.Resource, Verb: verb)))
                .Order(),
            asked.Distinct().Order()
        );
    }

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
    }

    private static async Task<IEnumerable<(string, string, string)>> PushAsync()
    {
        using var runs = new RolloutReconcilerTests();
        await runs.A_healthy_canary_ends_the_metric_Successful();
        return runs.Server.Asked;
    }

    private static async Task<IEnumerable<(string, string, string)>> DirectAsync()
    {
        using var abort = new DirectModeTests();
        await abort.A_bad_canary_is_aborted_after_the_intent_was_recorded_and_before_the_run_ends();
        using var pause = new DirectModeTests();
        await pause.A_policy_that_pauses_on_failure_pauses();
        using var prune = new DirectModeTests();
        await prune.Report_runs_beyond_the_history_are_deleted_the_oldest_first();
        return [.. abort.Server.Asked, .. pause.Server.Asked, .. prune.Server.Asked];
    }

    private async Task WatchAsync()
    {
        using var rollouts = new ReconcileQueue(_clock);
        using var policies = new ReconcileQueue(_clock);
        using var metrics = new ControllerMetrics(new Dictionary<string, ReconcileQueue>());
        using var stop = new CancellationTokenSource();
        var watches = new WatchLoop(
            _client,
            new ClusterCaches(),
            rollouts,
            policies,
            new WatchFreshness(_clock),
            metrics,
            _clock,
            new Random(1),
            NullLogger.Instance
        );
        var watching = watches.RunAsync(new WatchScope([null], null, true, true), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    private async Task LeadAsync()
    {
        var options = new LeaderElectionOptions
        {
            Lease = new ObjectKey("default", "lease"),
            Identity = "a",
            LeaseDuration = TimeSpan.FromSeconds(15),
            RenewDeadline = TimeSpan.FromSeconds(10),
            RetryPeriod = TimeSpan.FromSeconds(2),
        };
        using var stop = new CancellationTokenSource();
        var election = new LeaderElection(
            _client,
            options,
            new WriteFence(_clock),
            _clock,
            new Random(1),
            NullLogger.Instance
        );
        await election.RunAsync((_, _) => stop.CancelAsync(), stop.Token);
    }

    private async Task TellAsync()
    {
        var recorder = new EventRecorder(_client, "a", _clock, _ => { }, (_, _) => { });
        var regarding = new ObjectReference("v1", "Pod", "default", "p", "u");
        recorder.Record(regarding, "Again", "again");
        recorder.Record(regarding, "Again", "again");
        await recorder.RunAsync(new CancellationToken(canceled: true), CancellationToken.None);
    }

    /// <summary>Has no lease yet, and agrees to everything; its watches stay open.</summary>
    private sealed class AgreeableServer : HttpMessageHandler
    {
        private JsonObject? _lease;

        public HashSet<(string Group, string Resource, string Verb)> Asked { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var asked = RequiredAccess.Of(request.Method.Method, request.RequestUri!.PathAndQuery)!.Value;
            Asked.Add(asked);
            var body = request.Content is { } content
                ? JsonNode.Parse(await content.ReadAsStringAsync(cancellationToken))!.AsObject()
                : new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = "1" } };
            switch (asked)
            {
                case (_, _, "watch"):
                    await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
                    break;
                case (_, "leases", "get") when _lease is null:
                    return new HttpResponseMessage(System.Net.HttpStatusCode.NotFound);
                case (_, "leases", "create"):
                    _lease = body;
                    break;
                default:
                    break;
            }

            return new HttpResponseMessage { Content = new StringContent(body.ToJsonString(), Encoding.UTF8) };
        }
    }
}
