namespace Rollouts.Exposition.Reading;

/// <summary>Reads what follows the labels of a sample: <c>number [timestamp] [# exemplar]</c>.</summary>
internal sealed class SampleTail(LabelReader exemplars)
{
    /// <summary>Reads from the first byte of the value to the end of the line.</summary>
    /// <param name="text">The whole line.</param>
    /// <returns>What is wrong; null when all is well.</returns>
    public string? Read(ref LineCursor cursor, ReadOnlySpan<byte> text, out double value) =>
        ReadNumber(ref cursor, "a value", out value) ?? ReadAfterValue(ref cursor, text);

    /// <summary>Reads a line of which only this is left; false when that is not exactly what may stand there.</summary>
    public bool TryRead(ReadOnlySpan<byte> rest, out double value)
    {
        if (NumberText.TryParse(rest, out value))
        {
            return true;
        }

        var cursor = new LineCursor(rest);
        return rest is not [(byte)' ' or (byte)'\t', ..] && Read(ref cursor, rest, out value) is null;
    }

    private static string? ReadNumber(ref LineCursor cursor, string what, out double value)
    {
        cursor.SkipBlanks();
        var word = cursor.TakeWord();
        if (NumberText.TryParse(word, out value))
        {
            return null;
        }

        return word.IsEmpty ? $"expected {what}, found {cursor.Found}" : $"{LineCursor.Quoted(word)} is not {what}";
    }

    // Timestamp and exemplar are checked for form and dropped.
    private string? ReadAfterValue(ref LineCursor cursor, ReadOnlySpan<byte> text)
    {
        cursor.SkipBlanks();
        if (
            cursor.Rest is not [] and not [(byte)'#', ..]
            && ReadNumber(ref cursor, "a timestamp", out _) is { } problem)
        {
            return problem;
        }

        cursor.SkipBlanks();
        if (cursor.TryTake((byte)'#'))
        {
            return ReadExemplar(ref cursor, text);
        }

        return cursor.Rest.IsEmpty ? null : $"expected the end of the line, found {cursor.Found}";
    }

    private string? ReadExemplar(ref LineCursor cursor, ReadOnlySpan<byte> text)
    {
        cursor.SkipBlanks();
        if (!cursor.TryTake((byte)'{'))
        {
            return $"expected '{{' to open an exemplar, found {cursor.Found}";
        }

        if (exemplars.Read(ref cursor, text, line: 0) is { } failure)
        {
            return failure is ExpositionResult.Malformed wrong
                ? wrong.Message
                : "an exemplar's label is over the limit";
        }

        if (ReadNumber(ref cursor, "an exemplar value", out _) is { } problem)
        {
            return problem;
        }

        cursor.SkipBlanks();
        if (!cursor.Rest.IsEmpty && ReadNumber(ref cursor, "a timestamp", out _) is { } late)
        {
            return late;
        }

        cursor.SkipBlanks();
        return cursor.Rest.IsEmpty ? null : $"expected the end of the line, found {cursor.Found}";
    }
}
