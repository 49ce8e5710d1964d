namespace Rollouts.LocalCluster.ApiServer.Storage;

/// <param name="Resource"><c>plural</c> or <c>plural.group</c>.</param>
/// <param name="Namespace">Empty for cluster-scoped objects.</param>
internal readonly record struct ObjectKey(string Resource, string Namespace, string Name) : IComparable<ObjectKey>
{
    /// <summary>The order of lists: by namespace, then by name, as etcd orders its keys.</summary>
    public int CompareTo(ObjectKey other)
    {
        var byResource = string.CompareOrdinal(Resource, other.Resource);
        if (byResource != 0)
            return byResource;
        var byNamespace = string.CompareOrdinal(Namespace, other.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(Name, other.Name);
    }

    public static bool operator <(ObjectKey left, ObjectKey right) => left.CompareTo(right) < 0;

    public static bool operator >(ObjectKey left, ObjectKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(ObjectKey left, ObjectKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ObjectKey left, ObjectKey right) => left.CompareTo(right) >= 0;
}
