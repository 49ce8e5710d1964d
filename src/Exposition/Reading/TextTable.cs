using System.Diagnostics.CodeAnalysis;
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

    private sealed class BytesOrText
        : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
    {
        private const int StackBytes = 256;

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
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

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
