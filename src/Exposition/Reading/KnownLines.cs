using System.Diagnostics.CodeAnalysis;

namespace Rollouts.Exposition.Reading;

/// <summary>
/// The samples and the families' comments that were read before, each found by the line that it followed, else by its
/// bytes. Only samples of the usual layout are remembered: one blank before the value.
/// </summary>
internal sealed class KnownLines
{
    private readonly Dictionary<byte[], KnownLine> _lines = new(new Bytewise());
    private readonly Dictionary<byte[], KnownLine>.AlternateLookup<ReadOnlySpan<byte>> _byHead;
    private readonly KnownLine _start = new(new MetricName(""));
    private KnownLine _last;

    public KnownLines()
    {
        _byHead = _lines.GetAlternateLookup<ReadOnlySpan<byte>>();
        _last = _start;
    }

    /// <summary>What the lines take, without their labels.</summary>
    public long Bytes { get; private set; }

    /// <summary>What followed the line before, the last time that it was read; null when it is not known.</summary>
    public KnownLine? Likely => _last.Next;

    /// <summary>Begins with a body.</summary>
    public void Begin() => _last = _start;

    /// <param name="text">A whole line.</param>
    public KnownLine? Find(ReadOnlySpan<byte> text) =>
        _byHead.TryGetValue(text[..HeadLength(text)], out var known) ? known : null;

    /// <summary>Goes on after a line.</summary>
    public void Follow(KnownLine known)
    {
        if (!ReferenceEquals(_last.Next, known))
        {
            _last.Next = known;
        }

        _last = known;
    }

    /// <summary>Takes in a line that was read, and goes on after it.</summary>
    /// <param name="text">The whole line.</param>
    /// <param name="headLength">What must come again as it is: all before a value, or the whole line.</param>
    public void Add(ReadOnlySpan<byte> text, int headLength, KnownLine known)
    {
        if (headLength == HeadLength(text))
        {
            known.Head = text[..headLength].ToArray();
            _lines[known.Head] = known;
            Bytes += Footprint.Line + Footprint.Array + headLength + Footprint.TableSlot
                + (known.Comment?.Help is { } help ? Footprint.Text(help) : 0);
            Follow(known);
        }
    }

    /// <summary>Where a value begins in a line of the usual layout; a guess, for one of another.</summary>
    private static int HeadLength(ReadOnlySpan<byte> text)
    {
        if (text is [(byte)'#', ..])
        {
            return text.Length;
        }

        var at = text.IndexOfAny((byte)' ', (byte)'{');
        if (at >= 0 && text[at] == '{')
        {
            var close = text[at..].IndexOf("} "u8);
            at = close < 0 ? -1 : at + close + 1;
        }

        return at + 1;
    }

    private sealed class Bytewise : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => Utf8Texts.HashOf(alternate);

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => Utf8Texts.HashOf(obj);
    }
}

/// <summary>A line, and what it says.</summary>
internal sealed class KnownLine(MetricName name)
{
    /// <summary>A sample's line up to its value; any other line as a whole.</summary>
    public byte[] Head { get; set; } = [];

    /// <summary>Of the sample, or of the family that the line tells of.</summary>
    public MetricName Name => name;

    /// <summary>Of a sample; null where nobody wanted them.</summary>
    public Labels? Labels { get; init; }

    /// <summary>Of a TYPE or HELP line; null of a sample.</summary>
    public FamilyComment? Comment { get; init; }

    public KnownLine? Next { get; set; }
}

/// <summary>What one line tells of a family: its type or its help.</summary>
internal sealed record FamilyComment(TypeWord? Word, string? Help);
