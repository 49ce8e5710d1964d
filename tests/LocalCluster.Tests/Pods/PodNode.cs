using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.Pods;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.Pods;

/// <summary>A cluster whose pods really run: the sample API as processes, without Argo, traffic or HTTP.</summary>
internal sealed class PodNode : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly ProcessNursery _nursery = new();
    private readonly HttpProbe _http = new(TimeProvider.System);
    private readonly PodNetwork _network = PodNetwork.Claim(77);
    private readonly Task _running;

    public PodNode(string? program = null)
    {
        Program = program ?? RepositoryFiles.Program("Api", "api");
        var parts = new PodRuntimeParts
        {
            Objects = Objects,
            Network = _network,
            Nursery = _nursery,
            Logs = Logs,
            Http = _http,
            ApiProgram = Program,
            BackOff = new RestartBackOff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)),
            Clock = TimeProvider.System,
        };
        var runtime = new PodRuntime(parts, NullLogger.Instance);
        var replicaSets = new ReplicaSetController(Objects, new Random(77), TimeProvider.System);
        var deployments = new DeploymentController(Objects, TimeProvider.System);
        _running = Task.WhenAll(
            runtime.RunAsync(_stop.Token),
            replicaSets.RunAsync(_stop.Token),
            deployments.RunAsync(_stop.Token));
    }

    public string Program { get; }

    public ClusterObjects Objects { get; } = Cluster.New().Objects;

    public PodLogs Logs { get; } = new();

    /// <summary>The processes of this node's pods: those of the program that listen in the node's block.</summary>
    public IReadOnlyList<int> ProcessIds()
    {
        var block = _network.NodeAddress.ToString()[..^3];
        return
        [
            .. Directory.GetDirectories("/proc")
                .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
                .Where(id => id > 0 && Environment(id).Contains($"POD_IP={block}", StringComparison.Ordinal)),
        ];
    }

    /// <param name="container">Further fields of the container, as YAML flow.</param>
    public void CreatePod(string name, string container = "") =>
        Objects.Create("pods", "default", Cluster.Object($$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: {{name}}, labels: {app: sample} }
            spec:
              terminationGracePeriodSeconds: 3
              containers:
              - {name: api, image: sample-api {{(container.Length > 0 ? ", " + container : "")}} }
            """));

    public Task<ObjectView> PodAsync(string name, Func<ObjectView, bool> condition) => UntilAsync(
        () => Objects.Get("pods", "default", name) is { } found && condition(new ObjectView(found))
            ? new ObjectView(found)
            : (ObjectView?)null,
        () => Objects.Get("pods", "default", name)?["status"]?.ToJsonString() ?? "no such pod");

    public async Task<T> UntilAsync<T>(Func<T?> look, Func<string> describe)
        where T : struct
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (look() is { } found)
                return found;
            if (TimeProvider.System.GetElapsedTime(startedAt) > Timeout)
                Assert.Fail($"not seen within {Timeout.TotalSeconds} s; last: {describe()}");
            await Task.Delay(LookInterval, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The status of the container, empty before there is one.</summary>
    public static JsonObject ContainerOf(ObjectView pod) => pod.At("status", "containerStatuses")?[0]?.AsObject() ?? [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _nursery.Dispose();
        _http.Dispose();
        _network.Dispose();
        _stop.Dispose();
    }

    private static string Environment(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/environ");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
