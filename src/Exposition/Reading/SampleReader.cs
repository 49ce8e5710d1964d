using System.Collections.Immutable;
using System.Text.Unicode;

namespace Rollouts.Exposition.Reading;

/// <summary>Reads sample lines: <c>name{label="value",…} number [timestamp] [# exemplar]</c>.</summary>
internal sealed class SampleReader(TextTable texts, ReadLimits limits)
{
    private readonly ImmutableArray<Label>.Builder _labels = ImmutableArray.CreateBuilder<Label>();

    // Lines resemble the line before them: mostly one label differs.
    private ImmutableArray<Label> _previous = [];
    private string? _previousName;

    public TextTable Texts => texts;

    /// <summary>What was left of the last line where its value began.</summary>
    public int RestAtValue { get; private set; }

    /// <summary>Reads one line from its first byte to its end. Null when all is well.</summary>
    public ExpositionResult? Read(ref LineCursor cursor, int line, out Sample sample)
    {
        sample = default;
        var name = cursor.TakeMetricName();
        if (name.IsEmpty)
        {
            return new ExpositionResult.Malformed(line, $"expected a metric name, found {cursor.Found}");
        }

        cursor.SkipBlanks();
        var labels = Labels.None;
        if (cursor.TryTake((byte)'{'))
        {
            if (ReadLabels(ref cursor, line) is { } failure)
            {
                return failure;
            }

            labels = _labels.Count == 0 ? Labels.None : new Labels(_labels.ToImmutable());
            _previous = labels.All;
        }

        cursor.SkipBlanks();
        RestAtValue = cursor.Rest.Length;
        if ((ReadNumber(ref cursor, "a value", out var value) ?? ReadTail(ref cursor, line)) is { } problem)
        {
            return new ExpositionResult.Malformed(line, problem);
        }

        _previousName = texts.Get(name, _previousName);
        sample = new Sample(_previousName, labels, value);
        return null;
    }

    /// <summary>
    /// Reads a line from the first byte of its value on; false when that is not exactly what may stand there.
    /// </summary>
    public bool TryReadValueAndTail(ReadOnlySpan<byte> rest, out double value)
    {
        var cursor = new LineCursor(rest);
        value = 0;
        return rest is not [(byte)' ' or (byte)'\t', ..]
            && Utf8.IsValid(rest)
            && ReadNumber(ref cursor, "a value", out value) is null
            && ReadTail(ref cursor, line: 0) is null;
    }

    // Starts after the opening brace and ends after the closing one.
    private ExpositionResult? ReadLabels(ref LineCursor cursor, int line)
    {
        _labels.Clear();
        while (true)
        {
            cursor.SkipBlanks();
            if (cursor.TryTake((byte)'}'))
            {
                return null;
            }

            if (ReadLabel(ref cursor, line) is { } failure)
            {
                return failure;
            }

            cursor.SkipBlanks();
            if (!cursor.TryTake((byte)',') && cursor.Rest is not [(byte)'}', ..])
            {
                return Wrong(line, $"expected ',' or '}}' after the value of label \"{_labels[^1].Name}\"", cursor);
            }
        }
    }

    private ExpositionResult? ReadLabel(ref LineCursor cursor, int line)
    {
        var bytes = cursor.TakeLabelName();
        if (bytes.IsEmpty)
        {
            return Wrong(line, "expected a label name", cursor);
        }

        var guess = _labels.Count < _previous.Length ? _previous[_labels.Count] : default;
        var name = texts.Get(bytes, guess.Name);
        foreach (var label in _labels)
        {
            if (ReferenceEquals(label.Name, name))
            {
                return new ExpositionResult.Malformed(line, $"label \"{name}\" appears twice");
            }
        }

        cursor.SkipBlanks();
        if (!cursor.TryTake((byte)'='))
        {
            return Wrong(line, $"expected '=' after label \"{name}\"", cursor);
        }

        cursor.SkipBlanks();
        if (!cursor.TryTake((byte)'"'))
        {
            return Wrong(line, $"expected '\"' to open the value of label \"{name}\"", cursor);
        }

        if (!cursor.TryTakeQuoted(out var value, out var isEscaped))
        {
            return new ExpositionResult.Malformed(line, $"the value of label \"{name}\" is not closed");
        }

        _labels.Add(new Label(name, isEscaped ? EscapedText.Unescape(value) : texts.Get(value, guess.Value)));
        return value.Length > limits.MaxLabelValueBytes
            ? new ExpositionResult.LimitExceeded(ReadLimit.LabelValue, name, value.Length, limits.MaxLabelValueBytes)
            : _labels.Count > limits.MaxLabels
                ? new ExpositionResult.LimitExceeded(ReadLimit.Labels, "", _labels.Count, limits.MaxLabels)
                : null;
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

    // Starts after the value: timestamp and exemplar are checked for form and dropped.
    private string? ReadTail(ref LineCursor cursor, int line)
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
            return ReadExemplar(ref cursor, line);
        }

        return cursor.Rest.IsEmpty ? null : $"expected the end of the line, found {cursor.Found}";
    }

    private string? ReadExemplar(ref LineCursor cursor, int line)
    {
        cursor.SkipBlanks();
        if (!cursor.TryTake((byte)'{'))
        {
            return $"expected '{{' to open an exemplar, found {cursor.Found}";
        }

        if (ReadLabels(ref cursor, line) is { } failure)
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

    private static ExpositionResult.Malformed Wrong(int line, string expectation, LineCursor cursor) =>
        new(line, $"{expectation}, found {cursor.Found}");
}
