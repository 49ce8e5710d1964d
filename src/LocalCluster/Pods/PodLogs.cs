using System.Collections.Concurrent;
using Rollouts.LocalCluster.ApiServer;

namespace Rollouts.LocalCluster.Pods;

/// <summary>The logs of the pods that exist: of each container the current run and the one before it.</summary>
internal sealed class PodLogs
{
    private readonly ConcurrentDictionary<(string Namespace, string Pod), Runs> _pods = new();

    /// <summary>A container starts: its run so far becomes the previous one.</summary>
    public ContainerLog Begin(ObjectView pod, string container)
    {
        var current = new ContainerLog();
        _pods.AddOrUpdate(
            (pod.Namespace, pod.Name),
            _ => new Runs(pod.Uid, container, current, null),
            (_, before) => new Runs(pod.Uid, container, current, before.Uid == pod.Uid ? before.Current : null));
        return current;
    }

    public void Forget(ObjectView pod)
    {
        var key = (pod.Namespace, pod.Name);
        if (_pods.TryGetValue(key, out var runs) && runs.Uid == pod.Uid)
            _pods.TryRemove(KeyValuePair.Create(key, runs));
    }

    /// <summary>The API server's <see cref="PodLogReader"/>.</summary>
    public IAsyncEnumerable<string>? Read(PodLogQuery query, CancellationToken cancellation)
    {
        if (!_pods.TryGetValue((query.Namespace, query.Pod), out var runs)
            || (query.Container is not null && query.Container != runs.Container))
        {
            return null;
        }

        return (query.Previous ? runs.Previous : runs.Current)?.ReadAsync(query.Follow, query.TailLines, cancellation);
    }

    private sealed record Runs(string Uid, string Container, ContainerLog Current, ContainerLog? Previous);
}
