using System.Globalization;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>
/// The last known state of every object of one resource, also by what it belongs to. It lies late, as every
/// watch does.
/// </summary>
/// <param name="scopes">From how many watches it is filled: one, or one for each namespace.</param>
/// <param name="ownerOf">The uid of what an object belongs to; null takes its controller.</param>
internal sealed class ResourceCache<T>(int scopes = 1, Func<T, string?>? ownerOf = null)
    where T : IKubernetesObject
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, T> _objects = [];
    private readonly Dictionary<string, Dictionary<ObjectKey, T>> _byOwner = [];
    private readonly HashSet<string> _synced = [];
    private readonly Queue<string> _ended = new();

    /// <summary>True once every list has arrived; before that, absence means nothing.</summary>
    public bool IsSynced
    {
        get
        {
            lock (_lock)
            {
                return _synced.Count >= scopes;
            }
        }
    }

    public IReadOnlyList<T> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _objects.Values];
            }
        }
    }

    public T? Find(ObjectKey key)
    {
        lock (_lock)
        {
            return _objects.GetValueOrDefault(key);
        }
    }

    public IEnumerable<T> In(string @namespace) => All.Where(item => item.Metadata.Namespace == @namespace);

    /// <summary>What belongs to the object with this uid.</summary>
    public IReadOnlyList<T> OwnedBy(string uid)
    {
        lock (_lock)
        {
            return _byOwner.TryGetValue(uid, out var owned) ? [.. owned.Values] : [];
        }
    }

    /// <summary>Takes in one event and returns every object that it touched, the vanished ones included.</summary>
    /// <param name="namespace">What the watch that saw it follows; null for all namespaces.</param>
    public IReadOnlyList<T> Apply(ResourceEvent<T> change, string? @namespace = null)
    {
        lock (_lock)
        {
            switch (change)
            {
                case ResourceEvent<T>.Listed(var items):
                    return Replace(items, @namespace);
                case ResourceEvent<T>.Changed(var item):
                    if (IsOlder(item))
                    {
                        return [];
                    }

                    Set(item);
                    return [item];
                case ResourceEvent<T>.Removed(var item):
                    Remove(ObjectKey.Of(item));
                    Bury(item.Metadata.Uid);
                    return [item];
                case ResourceEvent<T>.Bookmarked or ResourceEvent<T>.Interrupted:
                    return [];
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    /// <summary>
    /// An answer to ourselves that is newer than the watch: keep it, so that the next reconcile sees it. Where the
    /// watch was faster, with a later write or with the object's end, it is believed.
    /// </summary>
    public void Put(T item)
    {
        lock (_lock)
        {
            if (!IsOlder(item) && !_ended.Contains(item.Metadata.Uid))
            {
                Set(item);
            }
        }
    }

    private List<T> Replace(IReadOnlyList<T> items, string? @namespace)
    {
        var kept = items.Select(item => ObjectKey.Of(item)).ToHashSet();
        var vanished = _objects
            .Where(entry => @namespace is null || entry.Key.Namespace == @namespace)
            .Where(entry => !kept.Contains(entry.Key))
            .ToList();
        vanished.ForEach(entry => Remove(entry.Key));
        foreach (var item in items)
        {
            Set(item);
        }

        _synced.Add(@namespace ?? "");
        return [.. items, .. vanished.Select(entry => entry.Value)];
    }

    /// <summary>
    /// A watch that was taken up again may replay what a write of ours has overtaken. Only a list is believed when it
    /// goes back: then the server itself did, as after a restored backup.
    /// </summary>
    /// <remarks>
    /// Source: kubernetes.io/docs/reference/using-api/api-concepts, "Resource versions": comparable where both are
    /// whole numbers of the same object.
    /// </remarks>
    private bool IsOlder(T item) =>
        _objects.TryGetValue(ObjectKey.Of(item), out var known)
        && known.Metadata.Uid == item.Metadata.Uid
        && VersionOf(known) is { } newer
        && VersionOf(item) is { } version
        && version < newer;

    /// <summary>The last ones are enough: an answer is on its way for seconds.</summary>
    private void Bury(string uid)
    {
        const int most = 64;
        _ended.Enqueue(uid);
        if (_ended.Count > most)
        {
            _ended.Dequeue();
        }
    }

    private static ulong? VersionOf(T item) =>
        ulong.TryParse(item.Metadata.ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;

    private void Set(T item)
    {
        var key = ObjectKey.Of(item);
        Remove(key);
        _objects[key] = item;
        if (OwnerOf(item) is { } owner)
        {
            if (!_byOwner.TryGetValue(owner, out var owned))
            {
                _byOwner[owner] = owned = [];
            }

            owned[key] = item;
        }
    }

    private void Remove(ObjectKey key)
    {
        if (
            _objects.Remove(key, out var item)
            && OwnerOf(item) is { } owner
            && _byOwner.TryGetValue(owner, out var owned)
            && owned.Remove(key)
            && owned.Count == 0
        )
        {
            _byOwner.Remove(owner);
        }
    }

    private string? OwnerOf(T item) => ownerOf is null ? item.Metadata.Controller?.Uid : ownerOf(item);
}
