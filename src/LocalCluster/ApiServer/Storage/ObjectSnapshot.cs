namespace Rollouts.LocalCluster.ApiServer.Storage;

/// <summary>All objects of one resource at one revision, in key order.</summary>
internal sealed record ObjectSnapshot(long ResourceVersion, IReadOnlyList<StoredObject> Objects);
