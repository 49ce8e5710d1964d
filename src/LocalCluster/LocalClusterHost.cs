using System.Net;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn;
using Rollouts.LocalCluster.Pods;
using Rollouts.LocalCluster.Scenarios;
using Rollouts.LocalCluster.Traffic;

namespace Rollouts.LocalCluster;

/// <summary>
/// The whole local cluster, put together: API server, node, pods, Argo stand-in, the route to the Service
/// <c>sample</c>. The controller and the traffic are started apart, as often as one likes. Disposing leaves no process
/// behind.
/// </summary>
internal sealed class LocalClusterHost : IAsyncDisposable
{
    private const string Namespace = "default";
    private const string Service = "sample";
    private const int ControllerPort = 8090;

    private static readonly string[] RequiredResources =
        ["rollouts.argoproj.io", "analysisruns.argoproj.io", "analysistemplates.argoproj.io"];

    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Stack<Func<ValueTask>> _owned = new();
    private readonly LocalClusterOptions _options;
    private readonly ILoggerFactory _logs;
    private readonly ILogger _logger;
    private readonly List<Task> _parts = [];
    private readonly List<ControllerProcess> _controllers = [];
    private int _controllerRuns;

    private LocalClusterHost(LocalClusterOptions options, ILoggerFactory logs)
    {
        _options = options;
        _logs = logs;
        _logger = logs.CreateLogger("local-cluster");
        Folder = options.Folder is { } named
            ? Directory.CreateDirectory(named).FullName
            : Directory.CreateTempSubdirectory("local-cluster-").FullName;
        KubeconfigPath = Path.Combine(Folder, "kubeconfig");
        ControllerLogPath = Path.Combine(Folder, "controller.log");
    }

    public string Folder { get; }

    public string KubeconfigPath { get; }

    public string ControllerLogPath { get; }

    /// <summary>Where the controller journals: a file for each run, to be judged again by <c>replay</c>.</summary>
    public string JournalFolder => Path.Combine(Folder, "journal");

    public ClusterObjects Objects => Server.Objects;

    public Uri ApiServerAddress => Server.Address;

    public ArgoController Argo { get; private set; } = null!;

    public ServiceRouter Router { get; private set; } = null!;

    /// <summary>Curl this: it splits by weight as the Service does.</summary>
    public Uri ServiceAddress => Port.Address;

    /// <summary>Of Argo's controller and of the companion; null without one.</summary>
    public string? InstanceId => _options.InstanceId;

    /// <summary>The node's own loopback address, on which nobody else listens.</summary>
    public IPAddress NodeAddress => Network.NodeAddress;

    /// <summary>The port of the sample's pods: 8080, unless another program has it on every address.</summary>
    public int PodPort { get; private set; }

    private PodNetwork Network { get; set; } = null!;

    private ProcessNursery Nursery { get; set; } = null!;

    private ServicePort Port { get; set; } = null!;

    private ApiServerHost Server { get; set; } = null!;

    /// <exception cref="LocalClusterException">Something of it could not start; nothing of it is left
    /// running.</exception>
    public static async Task<LocalClusterHost> StartAsync(
        LocalClusterOptions options,
        ILoggerFactory logs,
        CancellationToken cancellation)
    {
        foreach (var program in new[] { options.ApiProgram, options.ControllerProgram })
        {
            if (!File.Exists(program))
                throw new LocalClusterException($"program not found: {program}");
        }

        var host = new LocalClusterHost(options, logs);
        try
        {
            await host.StartPartsAsync(cancellation);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Starts the controller's process; ready or not, see <see cref="ControllerProcess.UntilReadyAsync"/>.
    /// </summary>
    /// <param name="options">Further options of <c>run</c>.</param>
    public async Task<ControllerProcess> StartControllerAsync(params IReadOnlyList<string> options)
    {
        // A new port each time: the one of a killed run may not be free at once.
        var listen = new IPEndPoint(Network.NodeAddress, ControllerPort + _controllerRuns++);
        var arguments = new ControllerArguments(
            KubeconfigPath,
            Namespace,
            listen,
            ControllerLogPath,
            JournalFolder,
            _options.InstanceId is { } id ? [.. options, "--instance-id", id] : options);
        var controller = await ControllerProcess.StartAsync(
            Nursery,
            _options.ControllerProgram,
            arguments,
            _options.Clock);
        _controllers.Add(controller);
        return controller;
    }

    /// <exception cref="LocalClusterException">The controller that was started last has ended.</exception>
    public void RequireController()
    {
        if (_controllers is [.., { Ended.IsCompleted: true } last])
            throw last.HasEnded();
    }

    /// <summary>Completes when the newest controller ends, with how it did.</summary>
    public async Task<LocalClusterException> ControllerEndAsync()
    {
        var newest = _controllers[^1];
        await newest.Ended;
        return newest.HasEnded();
    }

    /// <summary>Null where there is none of version 1.30 or newer.</summary>
    public Task<KubectlProgram?> FindKubectlAsync() => KubectlProgram.FindAsync(Nursery);

    /// <summary>Sends requests until <paramref name="cancellation"/> or the end of the cluster.</summary>
    public LoadGenerator StartTraffic(LoadOptions load, CancellationToken cancellation)
    {
        var generator = new LoadGenerator(Router, load, _options.Clock);
        _parts.Add(RunTrafficAsync(generator, cancellation));
        return generator;
    }

    public async ValueTask DisposeAsync()
    {
        // The controller first: it must not see the cluster fall apart and judge it.
        await Task.WhenAll(_controllers.Select(controller => controller.DisposeAsync().AsTask()));
        await _stop.CancelAsync();
        await Task.WhenAll(_parts);
        while (_owned.TryPop(out var end))
            await end();
        _stop.Dispose();
        if (_options.Folder is null)
            Directory.Delete(Folder, recursive: true);
    }

    private async Task StartPartsAsync(CancellationToken cancellation)
    {
        var clock = _options.Clock;
        var logs = new PodLogs();
        Network = Own(PodNetwork.Claim(_options.Seed));
        PodPort = Network.FreePort(ContainerSpec.DefaultPort);
        Nursery = Own(new ProcessNursery());
        Server = await ApiServerHost.StartAsync(
            new ApiServerOptions
            {
                Port = _options.ApiServerPort,
                CrdFolder = _options.CrdFolder,
                TimeProvider = clock,
                PodLogReader = logs.Read,
                Logs = _logs,
            },
            cancellation);
        _owned.Push(Server.DisposeAsync);
        RequireResources();
        Server.WriteKubeconfig(KubeconfigPath);

        Router = new ServiceRouter(Objects, Namespace, Service, clock);
        Port = Own(new ServicePort(_options.ServicePort, Router, new Random(_options.Seed)));
        var pods = new PodRuntime(
            new PodRuntimeParts
            {
                Objects = Objects,
                Network = Network,
                Nursery = Nursery,
                Logs = logs,
                Http = Own(new HttpProbe(clock)),
                ApiProgram = _options.ApiProgram,
                Clock = clock,
            },
            _logger);
        Keep(nameof(PodRuntime), pods.RunAsync);
        var replicaSets = new ReplicaSetController(Objects, new Random(_options.Seed), clock);
        Keep(nameof(ReplicaSetController), replicaSets.RunAsync);
        Keep(nameof(DeploymentController), new DeploymentController(Objects, clock).RunAsync);
        Argo = new ArgoController(
            Objects, clock, _logger, new InstanceId(_options.InstanceId), _options.ArgoRelease, _options.ArgoCacheLag);
        Keep(nameof(ArgoController), Argo.RunAsync);
        Keep(nameof(ServiceRouter), Router.RunAsync);
        Keep(nameof(ServicePort), Port.RunAsync);
    }

    private void RequireResources()
    {
        foreach (var resource in RequiredResources)
        {
            try
            {
                Objects.List(resource);
            }
            catch (ApiException missing)
            {
                throw new LocalClusterException($"{_options.CrdFolder} holds no CRD of {resource}", missing);
            }
        }
    }

    private T Own<T>(T part)
        where T : IDisposable
    {
        _owned.Push(() =>
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        });
        return part;
    }

    private void Keep(string part, Func<CancellationToken, Task> run) => _parts.Add(KeepRunningAsync(part, run));

    /// <summary>A part that fails is told of and started again: it finds the cluster as it left it.</summary>
    private async Task KeepRunningAsync(string part, Func<CancellationToken, Task> run)
    {
        await Task.Yield();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await run(_stop.Token);
                return;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                _logger.PartFailed(failure, part, RestartPause);
                await Task.WhenAny(Task.Delay(RestartPause, _options.Clock, _stop.Token));
            }
        }
    }

    private async Task RunTrafficAsync(LoadGenerator generator, CancellationToken cancellation)
    {
        using (generator)
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token))
            await generator.RunAsync(either.Token);
    }
}
