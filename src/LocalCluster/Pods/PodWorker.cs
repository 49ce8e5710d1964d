using System.Net;
using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.Pods;

/// <summary>
/// The life of one pod: its address, its container started again whenever it ends, its status, until stopped.
/// </summary>
internal sealed class PodWorker : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PodRuntimeParts _parts;
    private readonly ObjectView _pod;
    private readonly ContainerSpec _spec;
    private readonly PodEvents _events;
    private readonly Lock _statusGate = new();
    private PodStatus? _status;

    public PodWorker(ObjectView pod, ContainerSpec spec, PodRuntimeParts parts)
    {
        _pod = pod;
        _spec = spec;
        _parts = parts;
        _events = new PodEvents(parts.Objects, pod, spec.Name, parts.Clock);
        Ended = RunAsync();
    }

    /// <summary>Completes when no process of the pod is left.</summary>
    public Task Ended { get; }

    public void Stop() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        await Task.Yield();
        var address = _parts.Network.Take(_spec.Port);
        try
        {
            Accept(address);
            if (_spec.IsSampleApi)
                await RunContainersAsync(address);
            else
                await RefuseImageAsync();
        }
        finally
        {
            _parts.Network.Release(address);
            _parts.Logs.Forget(_pod);
        }
    }

    private async Task RunContainersAsync(IPAddress address)
    {
        var crashCount = 0;
        while (!_stop.IsCancellationRequested)
        {
            var startedAt = _parts.Clock.GetUtcNow();
            var (exitCode, outOfMemory) = await RunContainerAsync(address, startedAt);
            if (_stop.IsCancellationRequested)
                return;
            var endedAt = _parts.Clock.GetUtcNow();
            crashCount = endedAt - startedAt >= _parts.BackOff.ForgetAfter ? 1 : crashCount + 1;
            Publish(status => status.Ended(ContainerState.Terminated.After(exitCode, outOfMemory, startedAt, endedAt)));
            await BackOffAsync(_parts.BackOff.DelayAfter(crashCount));
            if (!_stop.IsCancellationRequested)
                Publish(status => status with { RestartCount = status.RestartCount + 1 });
        }
    }

    private async Task<(int ExitCode, bool OutOfMemory)> RunContainerAsync(IPAddress address, DateTimeOffset startedAt)
    {
        var log = _parts.Logs.Begin(_pod, _spec.Name);
        try
        {
            await using var process = await ChildProcess.StartAsync(
                _parts.Nursery,
                _parts.ApiProgram,
                [],
                _spec.ResolveEnvironment(_pod, address),
                log.Append);
            Publish(status => status.Started(startedAt));
            _events.Normal("Started", $"Started container {_spec.Name}");
            var run = new ContainerRun(_spec, address, process, _parts.Http, _events, ReadinessChanged, _parts.Clock);
            return await run.UntilEndAsync(_stop.Token);
        }
        finally
        {
            log.Complete();
        }
    }

    private void ReadinessChanged(bool ready) => Publish(status => status.WithReady(ready, _parts.Clock.GetUtcNow()));

    private async Task BackOffAsync(TimeSpan delay)
    {
        if (delay == TimeSpan.Zero)
            return;
        var container = $"{_spec.Name} in pod {_pod.Name}_{_pod.Namespace}({_pod.Uid})";
        Publish(status => status with
        {
            State = new ContainerState.Waiting(
                "CrashLoopBackOff",
                $"back-off {delay.TotalSeconds:0.#}s restarting failed container={container}"),
        });
        _events.Warning("BackOff", $"Back-off restarting failed container {container}");
        await Task.WhenAny(Task.Delay(delay, _parts.Clock, _stop.Token));
    }

    private async Task RefuseImageAsync()
    {
        var message = $"the local cluster runs the image sample-api only, as a process; it has no \"{_spec.Image}\"";
        Publish(status => status with { State = new ContainerState.Waiting("ErrImagePull", message) });
        _events.Warning("Failed", $"Failed to pull image \"{_spec.Image}\": {message}");
        await Task.WhenAny(Task.Delay(Timeout.InfiniteTimeSpan, _parts.Clock, _stop.Token));
    }

    private void Accept(IPAddress address)
    {
        if (_pod.Text("spec", "nodeName") is null)
        {
            var binding = new JsonObject { ["spec"] = new JsonObject { ["nodeName"] = LocalNode.Name } };
            _ = _parts.Objects.TryMergePatch("pods", _pod.Namespace, _pod.Name, binding);
        }

        var now = _parts.Clock.GetUtcNow();
        _status = new PodStatus
        {
            HostAddress = _parts.Network.NodeAddress,
            Address = address,
            AcceptedAt = now,
            ContainerName = _spec.Name,
            Image = _spec.Image,
            State = new ContainerState.Waiting("ContainerCreating"),
            ReadyChangedAt = now,
        };
        Publish(status => status);
        _events.Scheduled();
    }

    /// <summary>Nothing is written once the pod is to go: the name may already be that of another pod.</summary>
    private void Publish(Func<PodStatus, PodStatus> change)
    {
        if (_stop.IsCancellationRequested)
            return;
        lock (_statusGate)
        {
            _status = change(_status!);
            var patch = new JsonObject { ["status"] = _status.ToJson() };
            _ = _parts.Objects.TryMergePatch("pods", _pod.Namespace, _pod.Name, patch, "status");
        }
    }
}
