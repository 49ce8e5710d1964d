using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace Rollouts.Exposition.Reading;

/// <summary>Reads <c>{name="value",…}</c>, and makes labels of it where somebody wants them.</summary>
internal sealed class LabelReader(TextTable texts, ReadLimits limits)
{
    /// <summary>A line whose labels end beyond it is not compared with the next.</summary>
    private const int LongestCompared = 16 * 1024;

    private readonly List<Place> _places = [];

    // Lines resemble the line before them: the labels that both begin with are neither read nor made again.
    private byte[] _before = [];
    private int _beforeLength;
    private ImmutableArray<Label> _previous = [];
    private int _madeOfPlaces;

    /// <summary>What the labels made so far take, without their texts.</summary>
    public long Bytes { get; private set; }

    /// <summary>Reads labels to their end; null when all is well.</summary>
    /// <param name="cursor">Starts after the opening brace and ends after the closing one.</param>
    /// <param name="text">The whole line.</param>
    public ExpositionResult? Read(ref LineCursor cursor, ReadOnlySpan<byte> text, int line)
    {
        SkipShared(ref cursor, text);
        while (true)
        {
            cursor.SkipBlanks();
            if (cursor.TryTake((byte)'}'))
            {
                Remember(text[..^cursor.Rest.Length]);
                return null;
            }

            if (ReadLabel(ref cursor, text, line) is { } failure)
            {
                return failure;
            }

            cursor.SkipBlanks();
            if (!cursor.TryTake((byte)',') && cursor.Rest is not [(byte)'}', ..])
            {
                var name = Encoding.UTF8.GetString(_places[^1].NameIn(text));
                return Wrong(line, $"expected ',' or '}}' after the value of label \"{name}\"", cursor);
            }
        }
    }

    /// <summary>What was read, of the same line.</summary>
    public Labels Make(ReadOnlySpan<byte> text)
    {
        if (_places.Count == 0)
        {
            return Labels.None;
        }

        var labels = new Label[_places.Count];
        _previous.AsSpan(0, _madeOfPlaces).CopyTo(labels);
        for (var at = _madeOfPlaces; at < labels.Length; at++)
        {
            var place = _places[at];
            var guess = at < _previous.Length ? _previous[at] : default;
            labels[at] = new Label(
                texts.Get(place.NameIn(text), guess.Name),
                place.IsEscaped ? Unescaped(place.ValueIn(text)) : texts.Get(place.ValueIn(text), guess.Value));
        }

        Bytes += Footprint.LabelsOf(labels.Length);
        _previous = ImmutableCollectionsMarshal.AsImmutableArray(labels);
        _madeOfPlaces = labels.Length;
        return new Labels(_previous);
    }

    // What both lines begin with was read before, and right.
    private void SkipShared(ref LineCursor cursor, ReadOnlySpan<byte> text)
    {
        var shared = text.CommonPrefixLength(_before.AsSpan(0, _beforeLength));
        var count = 0;
        foreach (var place in CollectionsMarshal.AsSpan(_places))
        {
            if (place.End >= shared || text[place.End] != (byte)',')
            {
                break;
            }

            count++;
        }

        if (count > 0)
        {
            cursor = new LineCursor(text[(_places[count - 1].End + 1)..]);
        }

        _places.RemoveRange(count, _places.Count - count);
        _madeOfPlaces = Math.Min(_madeOfPlaces, count);
        _beforeLength = 0;
    }

    private void Remember(ReadOnlySpan<byte> read)
    {
        if (read.Length > LongestCompared)
        {
            return;
        }

        if (_before.Length < read.Length)
        {
            _before = new byte[Math.Min(read.Length * 2, LongestCompared)];
        }

        read.CopyTo(_before);
        _beforeLength = read.Length;
    }

    private ExpositionResult? ReadLabel(ref LineCursor cursor, ReadOnlySpan<byte> text, int line)
    {
        var nameAt = text.Length - cursor.Rest.Length;
        var name = cursor.TakeLabelName();
        if (name.IsEmpty)
        {
            return Wrong(line, "expected a label name", cursor);
        }

        foreach (var place in CollectionsMarshal.AsSpan(_places))
        {
            if (place.NameLength == name.Length && place.NameIn(text).SequenceEqual(name))
            {
                return new ExpositionResult.Malformed(line, $"label \"{Shown(name)}\" appears twice");
            }
        }

        cursor.SkipBlanks();
        if (!cursor.TryTake((byte)'='))
        {
            return Wrong(line, $"expected '=' after label \"{Shown(name)}\"", cursor);
        }

        cursor.SkipBlanks();
        if (!cursor.TryTake((byte)'"'))
        {
            return Wrong(line, $"expected '\"' to open the value of label \"{Shown(name)}\"", cursor);
        }

        var valueAt = text.Length - cursor.Rest.Length;
        if (!cursor.TryTakeQuoted(out var value, out var isEscaped))
        {
            return new ExpositionResult.Malformed(line, $"the value of label \"{Shown(name)}\" is not closed");
        }

        _places.Add(new Place(nameAt, name.Length, valueAt, value.Length, isEscaped));
        return value.Length > limits.MaxLabelValueBytes
            ? new ExpositionResult.LimitExceeded(
                ReadLimit.LabelValue, Shown(name), value.Length, limits.MaxLabelValueBytes)
            : _places.Count > limits.MaxLabels
                ? new ExpositionResult.LimitExceeded(ReadLimit.Labels, "", _places.Count, limits.MaxLabels)
                : null;
    }

    private string Unescaped(ReadOnlySpan<byte> value)
    {
        var text = EscapedText.Unescape(value);
        Bytes += Footprint.Text(text);
        return text;
    }

    private static string Shown(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name);

    private static ExpositionResult.Malformed Wrong(int line, string expectation, LineCursor cursor) =>
        new(line, $"{expectation}, found {cursor.Found}");

    /// <summary>Where a label is in its line.</summary>
    private readonly record struct Place(int NameAt, int NameLength, int ValueAt, int ValueLength, bool IsEscaped)
    {
        /// <summary>After the closing quote.</summary>
        public int End => ValueAt + ValueLength + 1;

        public ReadOnlySpan<byte> NameIn(ReadOnlySpan<byte> text) => text.Slice(NameAt, NameLength);

        public ReadOnlySpan<byte> ValueIn(ReadOnlySpan<byte> text) => text.Slice(ValueAt, ValueLength);
    }
}
