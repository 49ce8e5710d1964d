namespace Rollouts.Analysis.Evidence;

/// <summary>A hash of a name that never changes between processes or versions.</summary>
internal static class NameHash
{
    private const ulong Offset = 14695981039346656037UL;
    private const ulong Prime = 1099511628211UL;

    /// <summary>FNV-1a over UTF-16 code units, finalised so that names with one prefix spread.</summary>
    /// <remarks>
    /// Source: Fowler, Noll, Vo, 64 bit (draft-eastlake-fnv-17); finaliser of MurmurHash3 (Appleby, 2011).
    /// </remarks>
    public static ulong Of(string name)
    {
        unchecked
        {
            var hash = Offset;
            foreach (var unit in name)
            {
                hash = (hash ^ unit) * Prime;
            }

            return Finished(hash);
        }
    }

    /// <summary>The same over bytes, as a checksum against damage by chance.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            var hash = Offset;
            foreach (var unit in bytes)
            {
                hash = (hash ^ unit) * Prime;
            }

            return Finished(hash);
        }
    }

    private static ulong Finished(ulong hash)
    {
        unchecked
        {
            hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL;
            hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53UL;
            return hash ^ (hash >> 33);
        }
    }
}
