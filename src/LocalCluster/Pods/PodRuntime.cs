using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ApiServer.Requests;

namespace Rollouts.LocalCluster.Pods;

/// <summary>
/// The kubelet of the one node: every pod that exists is a running process, every other process is ended.
/// </summary>
internal sealed class PodRuntime(PodRuntimeParts parts, ILogger logger)
{
    private readonly Dictionary<string, PodWorker> _workers = new(StringComparer.Ordinal);

    /// <summary>Works until cancelled, and returns when no process is left.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var change in parts.Objects.WatchAsync("pods", cancellation))
                Follow(change);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The cluster stops; what runs is ended below.
        }
        finally
        {
            await StopAllAsync();
        }
    }

    private void Follow(ClusterEvent change)
    {
        var pod = new ObjectView(change.Object);
        if (change.Type == ClusterEventType.Deleted || pod.IsBeingDeleted)
        {
            if (_workers.TryGetValue(pod.Uid, out var worker))
                worker.Stop();
            else if (pod.IsBeingDeleted && change.Type != ClusterEventType.Deleted)
                Forget(pod);
            return;
        }

        Sweep();
        if (!_workers.ContainsKey(pod.Uid) && pod.Text("status", "phase") != "Failed")
            Start(pod);
    }

    private void Start(ObjectView pod)
    {
        try
        {
            var worker = new PodWorker(pod, ContainerSpec.From(pod), parts);
            _workers[pod.Uid] = worker;
            _ = ReportEndAsync(pod, worker);
        }
        catch (UnsupportedPodException unsupported)
        {
            Fail(pod, unsupported.Message);
        }
    }

    private async Task ReportEndAsync(ObjectView pod, PodWorker worker)
    {
        try
        {
            await worker.Ended;
            if (parts.Objects.Get("pods", pod.Namespace, pod.Name) is { } last && new ObjectView(last).IsBeingDeleted)
                Forget(pod);
        }
        catch (Exception failure) when (failure is LocalClusterException or UnsupportedPodException)
        {
            logger.PodGivenUp(failure, pod.Namespace, pod.Name, failure.Message);
            Fail(pod, failure.Message);
        }
    }

    /// <summary>The node's last word: the process is gone, so may the pod be.</summary>
    private void Forget(ObjectView pod) => parts.Objects.TryDelete(
        "pods",
        pod.Namespace,
        pod.Name,
        new DeleteOptions { Uid = pod.Uid, GracePeriodSeconds = 0 });

    private void Fail(ObjectView pod, string message) => _ = parts.Objects.TryMergePatch(
        "pods",
        pod.Namespace,
        pod.Name,
        new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["phase"] = "Failed",
                ["reason"] = "NotOnLocalCluster",
                ["message"] = message,
            },
        },
        "status");

    /// <summary>Forgets the pods whose processes have ended.</summary>
    private void Sweep()
    {
        foreach (var (uid, worker) in _workers.Where(pair => pair.Value.Ended.IsCompleted).ToList())
        {
            worker.Dispose();
            _workers.Remove(uid);
        }
    }

    private async Task StopAllAsync()
    {
        foreach (var worker in _workers.Values)
            worker.Stop();
        await Task.WhenAll(_workers.Values.Select(worker =>
            worker.Ended.ContinueWith(_ => { }, TaskScheduler.Default)));
        Sweep();
    }
}
