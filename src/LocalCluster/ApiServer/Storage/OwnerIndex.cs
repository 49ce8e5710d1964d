namespace Rollouts.LocalCluster.ApiServer.Storage;

/// <summary>Who exists under which uid, and who names which uid as an owner.</summary>
internal sealed class OwnerIndex
{
    private readonly Dictionary<string, ObjectKey> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<ObjectKey>> _dependents = new(StringComparer.Ordinal);

    public ObjectKey? KeyOf(string uid) => _keys.TryGetValue(uid, out var key) ? key : null;

    public IEnumerable<ObjectKey> DependentsOf(string uid) => _dependents.GetValueOrDefault(uid) ?? [];

    public void Replace(StoredObject? before, StoredObject? after)
    {
        if (before is not null)
            Forget(before);
        if (after is null)
            return;
        _keys[after.Uid] = after.Key;
        foreach (var owner in after.Owners)
        {
            if (!_dependents.TryGetValue(owner.Uid, out var dependents))
                _dependents[owner.Uid] = dependents = [];
            dependents.Add(after.Key);
        }
    }

    private void Forget(StoredObject before)
    {
        _keys.Remove(before.Uid);
        foreach (var owner in before.Owners)
        {
            if (!_dependents.TryGetValue(owner.Uid, out var dependents))
                continue;
            dependents.Remove(before.Key);
            if (dependents.Count == 0)
                _dependents.Remove(owner.Uid);
        }
    }
}
