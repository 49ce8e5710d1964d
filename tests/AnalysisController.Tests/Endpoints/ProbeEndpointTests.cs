using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Rollouts.AnalysisController.Endpoints;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.AnalysisController.Tests.Kubernetes;
using Rollouts.Exposition.Metrics;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Endpoints;

/// <summary>What the probes and /health say of a controller in each of its states.</summary>
public sealed class ProbeEndpointTests : IAsyncLifetime, IDisposable
{
    private readonly VirtualClock _clock = new();
    private readonly ScriptedServer _server = new();
    private readonly ClusterCaches _caches = new();
    private readonly HttpClient _api;
    private readonly ApiServerProbe _probe;
    private readonly WatchFreshness _watches;
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http = new();
    private readonly WebApplication _web;
    private readonly Meter _meter = new("probes");
    private readonly MetricRegistry _registry = new("probes");

    public ProbeEndpointTests()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        _api = _server.Connect();
        var client = new KubernetesClient(_api, _clock);
        _probe = new ApiServerProbe(client, _clock);
        _watches = new WatchFreshness(_clock);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        _web = builder.Build();
        ProbeEndpoints.Map(_web, new ControllerHealth(_caches, _watches, _probe, client, null, null, _clock));
        MetricsEndpoint.Map(_web, _registry);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _web.StartAsync(Cancellation);
        _http.BaseAddress = new Uri(
            _web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        );
        for (var answer = 0; answer < 4; answer++)
        {
            _server.Answer("""{"gitVersion":"v1.34.0"}""");
        }

        _ = _probe.RunAsync(_stop.Token);
        _watches.Heard("rollouts");
    }

    [Fact]
    public async Task Before_the_first_lists_it_lives_and_is_neither_started_nor_ready()
    {
        Assert.Equal((200, "ok\n"), await AskAsync("/livez"));
        Assert.Equal((503, "caches:synced: the caches are not in sync yet\n"), await AskAsync("/startupz"));
        Assert.Equal((503, "caches:synced: the caches are not in sync yet\n"), await AskAsync("/readyz"));
        Assert.Equal(503, (await AskAsync("/health")).Code);
    }

    [Fact]
    public async Task With_its_caches_full_it_is_ready_and_lists_what_it_looked_at()
    {
        Sync();

        Assert.Equal((200, "ok\n"), await AskAsync("/readyz"));
        Assert.Equal(
            (
                200,
                "[+]ping ok\n[+]kubernetes:responseTime ok\n[+]caches:synced ok\n[+]watch:rollouts ok\n"
                    + "[+]clock:skew ok\n[+]uptime ok\nreadyz check passed\n"
            ),
            await AskAsync("/readyz?verbose")
        );
    }

    [Fact]
    public async Task An_API_server_that_went_away_makes_it_unready_after_fifteen_seconds_and_never_dead()
    {
        Sync();
        for (var refusal = 0; refusal < 20; refusal++)
        {
            _server.Refuse();
        }

        // Four answers at 0, 5, 10 and 15 s, then none.
        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(200, (await AskAsync("/readyz")).Code);
        _clock.Advance(TimeSpan.FromSeconds(1));

        var (code, body) = await AskAsync("/readyz");
        Assert.Equal(503, code);
        Assert.Equal("kubernetes:responseTime: last answer 15 s ago: GET version: Connection refused\n", body);
        Assert.Equal(200, (await AskAsync("/livez")).Code);
        Assert.Equal(200, (await AskAsync("/healthz")).Code);
        Assert.Equal(200, (await AskAsync("/startupz")).Code);
    }

    [Fact]
    public async Task A_broken_watch_is_a_warning_for_half_a_minute_and_then_a_failure()
    {
        Sync();
        _watches.Broke("rollouts", "410 Gone");
        Assert.Equal("warn", (string?)(await HealthAsync())["status"]);
        Assert.Equal(200, (await AskAsync("/readyz")).Code);

        _clock.Advance(TimeSpan.FromSeconds(14));
        _watches.Broke("rollouts", "connection refused");
        _clock.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(200, (await AskAsync("/readyz")).Code);
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Contains("watch:rollouts: broken for 31 s: connection refused", (await AskAsync("/readyz")).Body);
    }

    [Fact]
    public async Task Health_speaks_health_json_a_line_or_a_page()
    {
        Sync();
        var health = await HealthAsync();

        Assert.Equal("pass", (string?)health["status"]);
        Assert.Equal("analysis-controller", (string?)health["serviceId"]);
        var watch = health["checks"]!["watch:rollouts"]![0]!;
        Assert.Equal("component", (string?)watch["componentType"]);
        Assert.Equal("s", (string?)watch["observedUnit"]);
        Assert.Equal("pass", (string?)watch["status"]);
        Assert.Equal((200, "pass\n"), await AskAsync("/health", "text/plain"));
        var page = await AskAsync("/health", "text/html,*/*;q=0.8");
        Assert.StartsWith("<!doctype html>", page.Body, StringComparison.Ordinal);
        Assert.StartsWith("{", (await AskAsync("/health", "image/png")).Body, StringComparison.Ordinal);
    }

    /// <summary>RFC 9110 §9.3.2: the same as GET, without the body.</summary>
    [Theory]
    [InlineData("/livez")]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/startupz")]
    [InlineData("/health")]
    [InlineData("/metrics")]
    public async Task Head_has_the_status_and_the_headers_of_get_and_no_body(string path)
    {
        _meter.CreateCounter<long>("asked").Add(1);
        using var get = await _http.GetAsync(path, Cancellation);
        using var asked = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await _http.SendAsync(asked, Cancellation);

        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.True(head.Content.Headers.ContentLength > 0);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancellation));
    }

    public void Dispose()
    {
        _meter.Dispose();
        _registry.Dispose();
        _stop.Dispose();
        _http.Dispose();
        _api.Dispose();
        _server.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _web.DisposeAsync();
    }

    private void Sync()
    {
        _caches.Rollouts.Apply(new ResourceEvent<Rollout>.Listed([]));
        _caches.ReplicaSets.Apply(new ResourceEvent<ReplicaSet>.Listed([]));
        _caches.Pods.Apply(new ResourceEvent<Pod>.Listed([]));
        _caches.AnalysisRuns.Apply(new ResourceEvent<AnalysisRun>.Listed([]));
        _caches.Policies.Apply(new ResourceEvent<CanaryPolicy>.Listed([]));
        _caches.Experiments.Apply(new ResourceEvent<Experiment>.Listed([]));
    }

    private async Task<JsonObject> HealthAsync() => JsonNode.Parse((await AskAsync("/health")).Body)!.AsObject();

    private async Task<(int Code, string Body)> AskAsync(string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        using var response = await _http.SendAsync(request, Cancellation);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }
}
