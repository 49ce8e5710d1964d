using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Rollouts.Exposition.Reading;

/// <summary>
/// The samples and the families' comments that were read before, each found by the line that it followed, else by its
/// bytes. Only samples of the usual layout are remembered: one blank before the value.
/// </summary>
internal sealed class KnownLines
{
    private const int SmallestPage = 4 * 1024;

    private const int LargestPage = 64 * 1024;

    private readonly HashSet<KnownLine> _lines = new(new ByHead());
    private readonly HashSet<KnownLine>.AlternateLookup<ReadOnlySpan<byte>> _byHead;
    // Heads lie one after another, as they came, so that the next one is near.
    private byte[] _page = [];
    private int _pageUsed;

    public KnownLines() => _byHead = _lines.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>What a body begins after.</summary>
    public KnownLine Start { get; } = new([], 0, 0, new MetricName(""));

    /// <summary>What the lines take, without their labels.</summary>
    public long Bytes { get; private set; }

    /// <param name="text">A whole line.</param>
    public KnownLine? Find(ReadOnlySpan<byte> text) =>
        _byHead.TryGetValue(text[..HeadLength(text)], out var known) ? known : null;

    /// <summary>Takes in a line that was read; null when it is not one to remember.</summary>
    /// <param name="text">The whole line.</param>
    /// <param name="headLength">What must come again as it is: all before a value, or the whole line.</param>
    /// <param name="name">Of the sample, or of the family that a comment tells of.</param>
    /// <param name="labels">Of a sample; null where nobody wants them.</param>
    /// <param name="comment">Null for a sample.</param>
    public KnownLine? Add(
        ReadOnlySpan<byte> text, int headLength, MetricName name, Labels? labels, FamilyComment? comment)
    {
        if (headLength != HeadLength(text))
        {
            return null;
        }

        var head = text[..headLength];
        var known = new KnownLine(Page(headLength), _pageUsed, headLength, name) { Labels = labels, Comment = comment };
        head.CopyTo(_page.AsSpan(_pageUsed));
        _pageUsed += headLength;
        _byHead.Remove(head);
        _lines.Add(known);
        Bytes += Footprint.Line + Footprint.TableSlot + (comment?.Help is { } help ? Footprint.Text(help) : 0);
        return known;
    }

    /// <summary>A page with room for so many bytes.</summary>
    private byte[] Page(int bytes)
    {
        if (_page.Length - _pageUsed < bytes)
        {
            _page = new byte[Math.Max(bytes, Math.Clamp(_page.Length * 2, SmallestPage, LargestPage))];
            _pageUsed = 0;
            Bytes += _page.Length;
        }

        return _page;
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

    private sealed class ByHead : IEqualityComparer<KnownLine>,
    IAlternateEqualityComparer<ReadOnlySpan<byte>, KnownLine>
    {
        public KnownLine Create(ReadOnlySpan<byte> alternate) => throw new UnreachableException();

        public bool Equals(ReadOnlySpan<byte> alternate, KnownLine other) => alternate.SequenceEqual(other.Head);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => Utf8Texts.HashOf(alternate);

        public bool Equals(KnownLine? x, KnownLine? y) =>
            x is not null && y is not null && x.Head.SequenceEqual(y.Head);

        public int GetHashCode([DisallowNull] KnownLine obj) => Utf8Texts.HashOf(obj.Head);
    }
}

/// <summary>A line, and what it says.</summary>
internal sealed class KnownLine(byte[] page, int start, int length, MetricName name)
{
    /// <summary>A sample's line up to its value; any other line as a whole.</summary>
    public ReadOnlySpan<byte> Head => page.AsSpan(start, length);

    /// <summary>Of the sample, or of the family that the line tells of.</summary>
    public MetricName Name => name;

    /// <summary>Of a sample; null where nobody wanted them.</summary>
    public Labels? Labels { get; init; }

    /// <summary>Of a TYPE or HELP line; null of a sample.</summary>
    public FamilyComment? Comment { get; init; }

    /// <summary>What followed it the last time; null when that is not known.</summary>
    public KnownLine? Next { get; private set; }

    public void IsFollowedBy(KnownLine known)
    {
        if (!ReferenceEquals(Next, known))
        {
            Next = known;
        }
    }
}

/// <summary>What one line tells of a family: its type or its help.</summary>
internal sealed record FamilyComment(TypeWord? Word, string? Help);
