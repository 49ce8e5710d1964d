namespace Rollouts.LocalCluster.ApiServer.Storage;

/// <param name="Object">The object after the change; for a deletion its last state, under the deletion's resource
/// version.</param>
/// <param name="Before">Null when the object was added.</param>
internal sealed record ObjectChange(ClusterEventType Type, StoredObject Object, StoredObject? Before)
{
    public long ResourceVersion => Object.ResourceVersion;
}
