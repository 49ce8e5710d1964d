namespace Rollouts.LocalCluster.ApiServer.Storage;

/// <summary>The last changes of one resource. What fell out of it can be neither watched nor listed any more.</summary>
internal sealed class ResourceHistory(int capacity)
{
    private readonly Queue<ObjectChange> _changes = new(capacity);

    /// <summary>The newest resource version that was forgotten.</summary>
    public long ForgottenUpTo { get; private set; }

    public void Add(ObjectChange change)
    {
        if (_changes.Count == capacity)
            ForgottenUpTo = _changes.Dequeue().ResourceVersion;
        _changes.Enqueue(change);
    }

    /// <returns>Null when changes after that version were forgotten.</returns>
    public IReadOnlyList<ObjectChange>? After(long resourceVersion) =>
        resourceVersion < ForgottenUpTo
            ? null
            : [.. _changes.Where(change => change.ResourceVersion > resourceVersion)];
}
