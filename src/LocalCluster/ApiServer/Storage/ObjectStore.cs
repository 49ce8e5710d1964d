using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.ApiServer.Storage;

/// <summary>
/// All objects of the cluster in memory, one revision counter for all of them, a bounded history per resource. Compound
/// operations run inside <see cref="Transact{T}"/>; the lock is held for computation only, never across I/O.
/// </summary>
internal sealed class ObjectStore(int historyPerResource, int watchQueueBound)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SortedDictionary<ObjectKey, StoredObject>> _objects = new(
        StringComparer.Ordinal);
    private readonly Dictionary<string, ResourceHistory> _histories = new(StringComparer.Ordinal);
    private readonly List<ObjectWatch> _watches = [];
    private readonly OwnerIndex _owners = new();
    private long _revision = 1;

    public long Revision => Transact(() => _revision);

    public T Transact<T>(Func<T> operation)
    {
        lock (_gate)
            return operation();
    }

    public StoredObject? Find(ObjectKey key) => Transact(() => Objects(key.Resource).GetValueOrDefault(key));

    public StoredObject? FindByUid(string uid) =>
        Transact(() => _owners.KeyOf(uid) is { } key ? Objects(key.Resource).GetValueOrDefault(key) : null);

    public IReadOnlyList<StoredObject> Dependents(string ownerUid) =>
        Transact<IReadOnlyList<StoredObject>>(() =>
            [.. _owners.DependentsOf(ownerUid).Order().Select(key => Objects(key.Resource)[key])]);

    public ObjectSnapshot List(string resource) =>
        Transact(() => new ObjectSnapshot(_revision, [.. Objects(resource).Values]));

    /// <returns>The objects as they were at that version; null when the history does not reach back so far.</returns>
    public ObjectSnapshot? ListAt(string resource, long resourceVersion) =>
        Transact(() =>
        {
            if (History(resource).After(resourceVersion) is not { } later)
                return null;
            var objects = new SortedDictionary<ObjectKey, StoredObject>(Objects(resource));
            foreach (var change in later.Reverse())
            {
                if (change.Before is { } before)
                    objects[before.Key] = before;
                else
                    objects.Remove(change.Object.Key);
            }
            return new ObjectSnapshot(resourceVersion, [.. objects.Values]);
        });

    public StoredObject Put(ObjectKey key, JsonObject body) =>
        Transact(() =>
        {
            var objects = Objects(key.Resource);
            var before = objects.GetValueOrDefault(key);
            var after = StoredObject.From(key, ++_revision, body);
            objects[key] = after;
            _owners.Replace(before, after);
            Publish(
                new ObjectChange(before is null ? ClusterEventType.Added : ClusterEventType.Modified, after, before));
            return after;
        });

    /// <returns>The object's last state under the deletion's resource version; null when there was none.</returns>
    public StoredObject? Remove(ObjectKey key) =>
        Transact(() =>
        {
            if (!Objects(key.Resource).Remove(key, out var before))
                return null;
            var last = StoredObject.From(key, ++_revision, before.Copy());
            _owners.Replace(before, null);
            Publish(new ObjectChange(ClusterEventType.Deleted, last, before));
            return last;
        });

    /// <returns>Null when the history does not reach back to that version.</returns>
    public ObjectWatch? Watch(string resource, long after) =>
        Transact(() =>
        {
            if (History(resource).After(after) is not { } backlog)
                return null;
            var watch = new ObjectWatch(resource, backlog, watchQueueBound, Unsubscribe);
            _watches.Add(watch);
            return watch;
        });

    public void EndWatches(string resource) =>
        Transact(() =>
        {
            _watches.Where(watch => watch.Resource == resource).ToList().ForEach(watch => watch.End());
            return true;
        });

    private void Unsubscribe(ObjectWatch watch) => Transact(() => _watches.Remove(watch));

    private void Publish(ObjectChange change)
    {
        History(change.Object.Key.Resource).Add(change);
        foreach (var watch in _watches)
        {
            if (watch.Resource == change.Object.Key.Resource)
                watch.Offer(change);
        }
    }

    private SortedDictionary<ObjectKey, StoredObject> Objects(string resource)
    {
        if (!_objects.TryGetValue(resource, out var objects))
            _objects[resource] = objects = [];
        return objects;
    }

    private ResourceHistory History(string resource)
    {
        if (!_histories.TryGetValue(resource, out var history))
            _histories[resource] = history = new ResourceHistory(historyPerResource);
        return history;
    }
}
