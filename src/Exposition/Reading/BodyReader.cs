using System.Text.Unicode;

namespace Rollouts.Exposition.Reading;

/// <summary>Reads bodies, one after another.</summary>
internal sealed class BodyReader
{
    /// <summary>A name, a blank, a digit, the end of the line.</summary>
    private const int ShortestSample = 4;

    private const string NotUtf8 = "not valid UTF-8";

    private readonly ReadLimits _limits;
    private readonly KnownLines? _lines;
    private readonly TextTable _texts = new();
    private readonly MetricNames _names = new();
    private readonly FamilySet _families;
    private readonly LabelReader _labels;
    private readonly SampleTail _tail;
    private int _samples;

    // The line that was read last from scratch, where it is one to remember.
    private KnownLine? _added;

    /// <param name="remembers">Whether lines that come again are to be read by their numbers.</param>
    public BodyReader(ReadLimits limits, bool remembers)
    {
        _limits = limits;
        _lines = remembers ? new KnownLines() : null;
        _families = new FamilySet(_names);
        _labels = new LabelReader(_texts, limits);
        _tail = new SampleTail(new LabelReader(_texts, limits));
    }

    /// <summary>What is remembered.</summary>
    public long RememberedBytes => LabelBytes + _names.Bytes + (_lines?.Bytes ?? 0);

    /// <summary>What the last result takes that those before it do not.</summary>
    public long ResultBytes { get; private set; }

    private long LabelBytes => _labels.Bytes + _texts.Bytes;

    /// <param name="mustEnd">Whether the body is OpenMetrics, which ends with a line that says so.</param>
    /// <param name="keeps">Which families keep their samples; null keeps all.</param>
    public ExpositionResult Read(ReadOnlySpan<byte> utf8, bool mustEnd, Func<string, bool>? keeps)
    {
        ResultBytes = 0;
        var before = LabelBytes;
        _families.Begin(utf8.Length / ShortestSample, keeps);
        _samples = 0;
        if (ReadLines(utf8, mustEnd) is { } failure)
        {
            _families.Drop();
            // Bytes that are no text are what is wrong with a body, whatever else is.
            return Utf8.IsValid(utf8) ? failure : new ExpositionResult.Malformed(FirstInvalidLine(utf8), NotUtf8);
        }

        var families = _families.Close(out var bytes);
        ResultBytes = LabelBytes - before + bytes;
        return new ExpositionResult.Read(families);
    }

    private ExpositionResult? ReadLines(ReadOnlySpan<byte> utf8, bool mustEnd)
    {
        var last = _lines?.Start;
        for (var line = 1; !utf8.IsEmpty; line++)
        {
            var known = last?.Next;
            if (known is null || !utf8.StartsWith(known.Head) || !TryTake(ref utf8, known))
            {
                var end = utf8.IndexOf((byte)'\n');
                var text = end < 0 ? utf8 : utf8[..end];
                if (mustEnd && text.SequenceEqual("# EOF"u8))
                {
                    return text.Length + 1 >= utf8.Length
                        ? null
                        : new ExpositionResult.Malformed(line + 1, "nothing may follow \"# EOF\"");
                }

                known = _lines?.Find(text);
                if (known is null || !TryTake(ref utf8, known))
                {
                    utf8 = end < 0 ? [] : utf8[(end + 1)..];
                    if (ReadLine(text, line) is { } failure)
                    {
                        return failure;
                    }

                    known = _added;
                }
            }

            if (known is not null)
            {
                last!.IsFollowedBy(known);
                last = known;
            }

            if (_samples > _limits.MaxSamples)
            {
                return new ExpositionResult.LimitExceeded(ReadLimit.Samples, "", _samples, _limits.MaxSamples);
            }

            if (mustEnd && utf8.IsEmpty)
            {
                return new ExpositionResult.Malformed(line + 1, "the body ends without \"# EOF\"");
            }
        }

        return mustEnd ? new ExpositionResult.Malformed(1, "the body ends without \"# EOF\"") : null;
    }

    /// <summary>
    /// Takes a line that begins as one that is known; false, and nothing taken, when it is not that line after all.
    /// </summary>
    private bool TryTake(ref ReadOnlySpan<byte> utf8, KnownLine known)
    {
        var rest = utf8[known.Head.Length..];
        if (known.Comment is { } comment)
        {
            if (rest is not [] and not [(byte)'\n', ..] || !TryRepeat(known.Name, comment))
            {
                return false;
            }
        }
        else
        {
            var length = NumberText.TakeShortDecimal(rest, out var value);
            if (length == 0 || length == rest.Length || rest[length] != (byte)'\n')
            {
                length = rest.IndexOf((byte)'\n');
                length = length < 0 ? rest.Length : length;
                if (!Utf8.IsValid(rest[..length]) || !_tail.TryRead(rest[..length], out value))
                {
                    return false;
                }
            }

            if (!TryRepeat(known, value))
            {
                return false;
            }

            rest = rest[length..];
        }

        utf8 = rest.IsEmpty ? [] : rest[1..];
        return true;
    }

    private bool TryRepeat(KnownLine known, double value)
    {
        var family = _families.Of(known.Name);
        if (family.IsKept)
        {
            if (known.Labels is not { } labels)
            {
                return false;
            }

            _families.Add(family, new Sample(known.Name.Text, labels, value));
        }

        _samples++;
        return true;
    }

    private bool TryRepeat(MetricName name, FamilyComment comment)
    {
        var family = _families.Named(name);
        if (comment.Word is { } word && family.Word is { } declared && word != declared)
        {
            return false;
        }

        family.Word = comment.Word ?? family.Word;
        family.Help = comment.Help ?? family.Help;
        return true;
    }

    /// <summary>Reads a line, without its line feed, from scratch. Null when all is well.</summary>
    private ExpositionResult? ReadLine(ReadOnlySpan<byte> text, int line)
    {
        _added = null;
        if (!Utf8.IsValid(text))
        {
            return new ExpositionResult.Malformed(line, NotUtf8);
        }

        var cursor = new LineCursor(text);
        cursor.SkipBlanks();
        if (cursor.Rest.IsEmpty)
        {
            return null;
        }

        return !cursor.TryTake((byte)'#') ? ReadSample(ref cursor, text, line)
            : ReadComment(ref cursor, text) is { } problem ? new ExpositionResult.Malformed(line, problem)
            : null;
    }

    private ExpositionResult? ReadSample(ref LineCursor cursor, ReadOnlySpan<byte> text, int line)
    {
        var bytes = cursor.TakeMetricName();
        if (bytes.IsEmpty)
        {
            return new ExpositionResult.Malformed(line, $"expected a metric name, found {cursor.Found}");
        }

        var name = _names[bytes];
        var family = _families.Of(name);
        cursor.SkipBlanks();
        var labels = Labels.None;
        if (cursor.TryTake((byte)'{'))
        {
            if (_labels.Read(ref cursor, text, line) is { } failure)
            {
                return failure;
            }

            labels = family.IsKept ? _labels.Make(text) : null;
        }

        cursor.SkipBlanks();
        var headLength = text.Length - cursor.Rest.Length;
        if (_tail.Read(ref cursor, text, out var value) is { } problem)
        {
            return new ExpositionResult.Malformed(line, problem);
        }

        if (family.IsKept)
        {
            _families.Add(family, new Sample(name.Text, labels!, value));
        }

        _samples++;
        _added = _lines?.Add(text, headLength, name, labels, comment: null);
        return null;
    }

    // Starts after the '#'. A comment that is neither HELP nor TYPE says nothing to us.
    private string? ReadComment(ref LineCursor cursor, ReadOnlySpan<byte> text)
    {
        cursor.SkipBlanks();
        var keyword = cursor.TakeWord();
        var isType = keyword.SequenceEqual("TYPE"u8);
        if (!isType && !keyword.SequenceEqual("HELP"u8))
        {
            return null;
        }

        cursor.SkipBlanks();
        var bytes = cursor.TakeMetricName();
        if (bytes.IsEmpty)
        {
            return $"expected a metric name after \"# {(isType ? "TYPE" : "HELP")}\", found {cursor.Found}";
        }

        var name = _names[bytes];
        var family = _families.Named(name);
        if ((isType ? ReadType(ref cursor, family) : ReadHelp(ref cursor, family)) is { } problem)
        {
            return problem;
        }

        var comment = isType ? new FamilyComment(family.Word, Help: null) : new FamilyComment(Word: null, family.Help);
        _added = _lines?.Add(text, text.Length, name, labels: null, comment);
        return null;
    }

    private static string? ReadHelp(ref LineCursor cursor, OpenFamily family)
    {
        if (!cursor.Rest.IsEmpty && !cursor.TryTake((byte)' ') && !cursor.TryTake((byte)'\t'))
        {
            return $"expected a blank after the metric name of \"# HELP\", found {cursor.Found}";
        }

        family.Help = EscapedText.Unescape(cursor.Rest);
        return null;
    }

    private string? ReadType(ref LineCursor cursor, OpenFamily family)
    {
        cursor.SkipBlanks();
        var word = cursor.TakeWord();
        if (TypeWord.Named(_texts[word]) is not { } type)
        {
            return word.IsEmpty
                ? $"expected a metric type, found {cursor.Found}"
                : $"{LineCursor.Quoted(word)} is not a metric type";
        }

        if (family.Word is { } declared && declared != type)
        {
            return $"the family is declared as {declared.Word} and as {type.Word}";
        }

        cursor.SkipBlanks();
        family.Word = type;
        return cursor.Rest.IsEmpty ? null : $"expected the end of the line, found {cursor.Found}";
    }

    private static int FirstInvalidLine(ReadOnlySpan<byte> utf8)
    {
        var line = 1;
        while (true)
        {
            var end = utf8.IndexOf((byte)'\n');
            if (end < 0 || !Utf8.IsValid(utf8[..end]))
            {
                return line;
            }

            utf8 = utf8[(end + 1)..];
            line++;
        }
    }
}
