using Rollouts.LocalCluster.Tests.ApiServer;
using Rollouts.LocalCluster.Tests.Pods;
using Rollouts.LocalCluster.Traffic;

namespace Rollouts.LocalCluster.Tests.Traffic;

/// <summary>Requests to real pods, through the load generator and through the port of the Service.</summary>
public sealed class ServiceTrafficTests
{
    private const int Seed = 5;

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_ways_in_reach_every_ready_pod_and_errors_are_counted()
    {
        await using var node = new PodNode();
        node.Objects.Create("services", "default", Cluster.Object("""
            apiVersion: v1
            kind: Service
            metadata: {name: sample}
            spec: {selector: {app: sample}, ports: [{port: 80}]}
            """));
        node.CreatePod("fine");
        node.CreatePod("broken", "env: [{name: DEMO_FAULTS_ENABLED, value: \"true\"}, "
            + "{name: DEMO_FAULT_ERROR, value: \"ratio=1,status=503\"}]");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        var router = new ServiceRouter(node.Objects, "default", "sample", TimeProvider.System);
        var routing = router.RunAsync(stop.Token);
        await node.UntilAsync(
            () => router.Table.Targets.Count == 2 ? true : (bool?)null,
            () => $"{router.Table.Targets.Count} targets");

        await ExpectSplitByCurlAsync(router, stop.Token);

        using var generator = new LoadGenerator(
            router,
            new LoadOptions { Seed = Seed, RequestsPerSecond = 200 },
            TimeProvider.System);
        var sending = generator.RunAsync(stop.Token);
        await node.UntilAsync(
            () => generator.Counts.Stable.Sent >= 200 ? true : (bool?)null,
            () => $"{generator.Counts}");
        await stop.CancelAsync();
        await Task.WhenAll(routing, sending);

        var counts = generator.Counts;
        Assert.Equal(0, counts.Unrouted);
        Assert.Equal(0, counts.Stable.Unanswered);
        // 200 draws of one half: five standard deviations are 0.18.
        Assert.InRange(counts.Stable.ErrorRatio, 0.32, 0.68);
    }

    private async Task ExpectSplitByCurlAsync(ServiceRouter router, CancellationToken stop)
    {
        using var port = new ServicePort(0, router, new Random(Seed));
        var splicing = port.RunAsync(stop);
        var pods = new HashSet<string>(StringComparer.Ordinal);
        for (var request = 0; request < 40; request++)
        {
            using var http = new HttpClient();
            using var answer = await http.GetAsync(new Uri(port.Address, "/api/items"), _cancellation);
            pods.Add(Assert.Single(answer.Headers.GetValues("X-Pod")));
        }

        Assert.Equal(["broken", "fine"], pods.Order(StringComparer.Ordinal));
        Assert.False(splicing.IsCompleted);
    }

    [Fact]
    public void A_port_in_use_is_named()
    {
        var router = new ServiceRouter(Cluster.New().Objects, "default", "sample", TimeProvider.System);
        using var first = new ServicePort(0, router, new Random(Seed));

        var refused = Assert.Throws<LocalClusterException>(() =>
        {
            using var second = new ServicePort(first.Address.Port, router, new Random(Seed));
        });

        var start = $"service port: cannot listen on 127.0.0.1:{first.Address.Port}: ";
        Assert.StartsWith(start, refused.Message, StringComparison.Ordinal);
    }
}
