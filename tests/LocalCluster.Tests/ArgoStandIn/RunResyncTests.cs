using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Metrics;
using Rollouts.LocalCluster.Tests.ApiServer;
using Rollouts.Shared;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts fact (i) 11: every quarter of an hour Argo looks at every run again.</summary>
public sealed class RunResyncTests
{
    private const string Runs = "analysisruns.argoproj.io";
    private static readonly ObjectKey Key = new("default", "run");
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    private readonly VirtualClock _clock = new();
    private readonly RunCache _cache = new();
    private readonly ClusterObjects _objects;
    private readonly RunController _runs;

    public RunResyncTests()
    {
        _objects = Cluster.New(new ClusterStateOptions { Clock = _clock }).Objects;
        var providers = new MetricProviders(new WebMetric(new HttpClient(), _clock), _clock);
        _runs = new RunController(
            _objects, _cache, providers, new EventRecorder(_objects, _clock), _clock, InstanceId.None);
    }

    [Fact]
    public async Task A_run_is_looked_at_every_fifteen_minutes_and_a_measurement_in_flight_survives_it()
    {
        Create("initialDelay: 5m");
        await ReconcileAsync();
        _objects.MergePatch(Runs, "default", "run", Cluster.Object("""
            {status: {metricResults: [{name: canary, phase: Running, measurements: [
              {phase: Running, message: watching, resumeAt: "2026-01-01T09:00:00Z"}]}]}}
            """));
        var version = Version();

        for (var resync = 0; resync < 8; resync++)
        {
            Assert.Equal(_clock.GetUtcNow() + Quarter, await ReconcileAsync());
            _clock.Advance(Quarter);
        }

        Assert.Equal(version, Version());
    }

    [Fact]
    public async Task What_is_due_earlier_is_not_put_off_until_the_resync()
    {
        Create("initialDelay: 5m");

        Assert.Equal(_clock.GetUtcNow().AddMinutes(5), await ReconcileAsync());
    }

    [Fact]
    public async Task A_secret_that_is_gone_is_noticed_at_the_resync_though_nobody_wrote_the_run()
    {
        _objects.Create("secrets", "default", Cluster.Object(
            "{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {token: eA==} }"));
        Create("initialDelay: 5h", """args: [{name: t, valueFrom: {secretKeyRef: {name: s, key: token} } }], """);
        Assert.Equal(_clock.GetUtcNow() + Quarter, await ReconcileAsync());
        _objects.Delete("secrets", "default", "s");

        _clock.Advance(Quarter);
        await ReconcileAsync();

        Assert.Equal("Error", _objects.Get(Runs, "default", "run").Text("status", "phase"));
    }

    [Fact]
    public async Task A_completed_run_is_not_written_by_a_resync()
    {
        Create("initialDelay: 5m");
        await ReconcileAsync();
        _objects.MergePatch(Runs, "default", "run", Cluster.Object("{status: {phase: Failed} }"));
        var version = Version();

        _clock.Advance(Quarter);

        Assert.Null(await ReconcileAsync());
        Assert.Equal(version, Version());
    }

    private void Create(string delay, string args = "") => _objects.Create(Runs, "default", Cluster.Object($$"""
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisRun
        metadata: {name: run}
        spec: { {{args}}metrics: [{name: canary, {{delay}}, provider: {plugin: {x: {} } } }] }
        """));

    private Task<DateTimeOffset?> ReconcileAsync()
    {
        _cache.Apply(new ClusterEvent(ClusterEventType.Modified, _objects.Get(Runs, "default", "run")!));
        return _runs.ReconcileAsync(Key, TestContext.Current.CancellationToken);
    }

    private string? Version() => _objects.Get(Runs, "default", "run").Text("metadata", "resourceVersion");
}
