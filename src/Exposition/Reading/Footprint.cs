namespace Rollouts.Exposition.Reading;

/// <summary>What things take in memory, in bytes, on a machine of 64 bits; a test holds it against the truth.</summary>
internal static class Footprint
{
    /// <summary>A place in a hash table, with its share of what is free.</summary>
    public const int TableSlot = 48;

    public const int Sample = 24;

    public const int Family = 80;

    /// <summary>Of an array or a reference to one.</summary>
    public const int Array = 32;

    /// <summary>A line that is known, beside its bytes and its labels; its comment, too.</summary>
    public const int Line = 80;

    /// <summary>A name, with the family that it may be the name of.</summary>
    public const int Name = 256;

    public static int Text(string text) => 24 + (2 * text.Length);

    public static int LabelsOf(int count) => count == 0 ? 0 : 24 + Array + (16 * count);
}
