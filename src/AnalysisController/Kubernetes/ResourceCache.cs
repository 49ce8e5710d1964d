using System.Collections.Concurrent;

using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>The last known state of every object of one resource. It lies late, as every watch does.</summary>
internal sealed class ResourceCache<T>
    where T : IKubernetesObject
{
    private readonly ConcurrentDictionary<ObjectKey, T> _objects = new();

    /// <summary>True once a list has arrived; before that, absence means nothing.</summary>
    public bool IsSynced { get; private set; }

    public IEnumerable<T> All => _objects.Values;

    public T? Find(ObjectKey key) => _objects.GetValueOrDefault(key);

    public IEnumerable<T> In(string @namespace) => All.Where(item => item.Metadata.Namespace == @namespace);

    /// <summary>Takes in one event and returns every object that it touched, the vanished ones included.</summary>
    public IReadOnlyList<T> Apply(ResourceEvent<T> change)
    {
        switch (change)
        {
            case ResourceEvent<T>.Listed(var items):
                var kept = items.Select(item => ObjectKey.Of(item)).ToHashSet();
                var vanished = _objects.Where(entry => !kept.Contains(entry.Key)).ToList();
                vanished.ForEach(entry => _objects.TryRemove(entry.Key, out _));
                foreach (var item in items)
                {
                    _objects[ObjectKey.Of(item)] = item;
                }

                IsSynced = true;
                return [.. items, .. vanished.Select(entry => entry.Value)];
            case ResourceEvent<T>.Changed(var item):
                _objects[ObjectKey.Of(item)] = item;
                return [item];
            case ResourceEvent<T>.Removed(var item):
                _objects.TryRemove(ObjectKey.Of(item), out _);
                return [item];
            case ResourceEvent<T>.Interrupted:
                return [];
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>A write of ours came back newer than the watch: keep it, so that the next reconcile sees it.</summary>
    public void Put(T item) => _objects[ObjectKey.Of(item)] = item;
}
