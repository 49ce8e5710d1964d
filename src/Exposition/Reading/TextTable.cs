using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text;

namespace Rollouts.Exposition.Reading;

/// <summary>One string for every distinct name or value of a body, found by its bytes without allocating.</summary>
internal sealed class TextTable
{
    private readonly HashSet<string> _texts = new(new BytesOrText());
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;

    public TextTable() => _byBytes = _texts.GetAlternateLookup<ReadOnlySpan<byte>>();

    public string this[ReadOnlySpan<byte> utf8]
    {
        get
        {
            if (utf8.IsEmpty)
            {
                return "";
            }

            if (!_byBytes.TryGetValue(utf8, out var text))
            {
                text = Encoding.UTF8.GetString(utf8);
                _texts.Add(text);
            }

            return text;
        }
    }

    /// <summary>
    /// As above, when the text is likely <paramref name="guess"/>: what stood in the same place a line before.
    /// </summary>
    public string Get(ReadOnlySpan<byte> utf8, string? guess) =>
        guess is not null && guess.Length == utf8.Length && Ascii.Equals(utf8, guess) ? guess : this[utf8];

    private sealed class BytesOrText
        : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
    {
        private const int StackBytes = 256;

        private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

        private readonly ulong _seed =
            unchecked((ulong)"seed".GetHashCode(StringComparison.Ordinal) * Multiplier);

        public string Create(ReadOnlySpan<byte> alternate) => Encoding.UTF8.GetString(alternate);

        public bool Equals(ReadOnlySpan<byte> alternate, string other)
        {
            if (alternate.Length == other.Length)
            {
                return Ascii.Equals(alternate, other) || alternate.SequenceEqual(Encoding.UTF8.GetBytes(other));
            }

            return alternate.Length > other.Length && alternate.SequenceEqual(Encoding.UTF8.GetBytes(other));
        }

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            // Eight bytes a step, from a seed that differs in every process, as that of string hashes does.
            var hash = _seed ^ (ulong)alternate.Length;
            while (alternate.Length >= sizeof(ulong))
            {
                hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(alternate));
                alternate = alternate[sizeof(ulong)..];
            }

            foreach (var rest in alternate)
            {
                hash = (hash << 8) ^ (hash >> 56) ^ rest;
            }

            hash = Mix(hash);
            return unchecked((int)(hash ^ (hash >> 32)));
        }

        // Fibonacci hashing: 2^64 divided by the golden ratio (Knuth, The Art of Computer Programming 3, 6.4).
        private static ulong Mix(ulong hash) => BitOperations.RotateLeft(unchecked(hash * Multiplier), 29);

        public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

        public int GetHashCode([DisallowNull] string obj)
        {
            Span<byte> stack = stackalloc byte[StackBytes];
            return Encoding.UTF8.TryGetBytes(obj, stack, out var count)
                ? GetHashCode(stack[..count])
                : GetHashCode(Encoding.UTF8.GetBytes(obj));
        }
    }
}
