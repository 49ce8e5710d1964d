namespace Rollouts.Exposition.Reading;

/// <summary>Reads the lines of one body into families.</summary>
internal sealed class BodyReader(ReadLimits limits)
{
    private readonly FamilySet _families = new();
    private readonly SampleReader _samples = new(new TextTable(), limits);

    public ExpositionResult Finish() => new ExpositionResult.Read(_families.Close());

    /// <summary>Reads one line, without its line feed. Null when all is well.</summary>
    /// <param name="place">Where a sample's value begins, and the place of its family; null for other lines.</param>
    public ExpositionResult? ReadLine(ReadOnlySpan<byte> text, int line, out (int ValueAt, int Family)? place)
    {
        place = null;
        var cursor = new LineCursor(text);
        cursor.SkipBlanks();
        if (cursor.Rest.IsEmpty)
        {
            return null;
        }

        if (cursor.TryTake((byte)'#'))
        {
            return ReadComment(ref cursor) is { } problem ? new ExpositionResult.Malformed(line, problem) : null;
        }

        if (_samples.Read(ref cursor, line, out var sample) is { } failure)
        {
            return failure;
        }

        place = (text.Length - _samples.RestAtValue, _families.Add(sample));
        return _families.SampleCount > limits.MaxSamples
            ? new ExpositionResult.LimitExceeded(ReadLimit.Samples, "", _families.SampleCount, limits.MaxSamples)
            : null;
    }

    // Starts after the '#'. A comment that is neither HELP nor TYPE says nothing to us.
    private string? ReadComment(ref LineCursor cursor)
    {
        cursor.SkipBlanks();
        var keyword = cursor.TakeWord();
        var isType = keyword.SequenceEqual("TYPE"u8);
        if (!isType && !keyword.SequenceEqual("HELP"u8))
        {
            return null;
        }

        cursor.SkipBlanks();
        var name = cursor.TakeMetricName();
        if (name.IsEmpty)
        {
            return $"expected a metric name after \"# {(isType ? "TYPE" : "HELP")}\", found {cursor.Found}";
        }

        var family = _families.Named(_samples.Texts[name]);
        return isType ? ReadType(ref cursor, family) : ReadHelp(ref cursor, family);
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
        if (TypeWord.Named(_samples.Texts[word]) is not { } type)
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
}
