using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text;

namespace Rollouts.Exposition.Reading;

/// <summary>Compares texts with their UTF-8 bytes, so that a table of texts is searched without making one.</summary>
internal sealed class Utf8Texts : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
{
    private const int StackBytes = 256;

    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    // It differs in every process, as that of string hashes does.
    private static readonly ulong Seed = unchecked((ulong)"seed".GetHashCode(StringComparison.Ordinal) * Multiplier);

    public static Utf8Texts Comparer { get; } = new();

    /// <summary>Eight bytes a step.</summary>
    public static int HashOf(ReadOnlySpan<byte> bytes)
    {
        var hash = Seed ^ (ulong)bytes.Length;
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var rest in bytes)
        {
            hash = (hash << 8) ^ (hash >> 56) ^ rest;
        }

        hash = Mix(hash);
        return unchecked((int)(hash ^ (hash >> 32)));
    }

    public string Create(ReadOnlySpan<byte> alternate) => Encoding.UTF8.GetString(alternate);

    public bool Equals(ReadOnlySpan<byte> alternate, string other)
    {
        if (alternate.Length == other.Length)
        {
            return Ascii.Equals(alternate, other) || alternate.SequenceEqual(Encoding.UTF8.GetBytes(other));
        }

        return alternate.Length > other.Length && alternate.SequenceEqual(Encoding.UTF8.GetBytes(other));
    }

    public int GetHashCode(ReadOnlySpan<byte> alternate) => HashOf(alternate);

    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public int GetHashCode([DisallowNull] string obj)
    {
        Span<byte> stack = stackalloc byte[StackBytes];
        return Encoding.UTF8.TryGetBytes(obj, stack, out var count)
            ? HashOf(stack[..count])
            : HashOf(Encoding.UTF8.GetBytes(obj));
    }

    // Fibonacci hashing: 2^64 divided by the golden ratio (Knuth, The Art of Computer Programming 3, 6.4).
    private static ulong Mix(ulong hash) => BitOperations.RotateLeft(unchecked(hash * Multiplier), 29);
}
