using System.Buffers;
using System.Text;

namespace Rollouts.Exposition.Reading;

/// <summary>
/// What is left of a line. Every method starts at the next unread byte and leaves the cursor after what it took.
/// </summary>
internal ref struct LineCursor(ReadOnlySpan<byte> line)
{
    private const int ShownBytes = 24;

    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:"u8);

    private static readonly SearchValues<byte> BlankBytes = SearchValues.Create(" \t"u8);

    public ReadOnlySpan<byte> Rest { get; private set; } = line;

    /// <summary>The next bytes as a message shows them.</summary>
    public readonly string Found =>
        Rest.IsEmpty ? "the end of the line" : Quoted(Rest[..Math.Min(Rest.Length, ShownBytes)]);

    public static string Quoted(ReadOnlySpan<byte> text) => $"\"{Encoding.UTF8.GetString(text)}\"";

    /// <summary>Skips blanks and tabs, if any.</summary>
    public void SkipBlanks()
    {
        if (!Rest.IsEmpty && Rest[0] is (byte)' ' or (byte)'\t')
        {
            Take(Rest.IndexOfAnyExcept(BlankBytes));
        }
    }

    /// <summary>Takes one byte if it is the next.</summary>
    public bool TryTake(byte expected)
    {
        if (Rest.IsEmpty || Rest[0] != expected)
        {
            return false;
        }

        Rest = Rest[1..];
        return true;
    }

    /// <summary>Takes a metric name; empty, and nothing taken, when none starts here.</summary>
    public ReadOnlySpan<byte> TakeMetricName() =>
        Rest is [>= (byte)'0' and <= (byte)'9', ..] ? [] : Take(Rest.IndexOfAnyExcept(NameBytes));

    /// <summary>Takes a label name: a metric name without colons.</summary>
    public ReadOnlySpan<byte> TakeLabelName()
    {
        var start = Rest;
        var name = TakeMetricName();
        if (name.Contains((byte)':'))
        {
            Rest = start;
            return [];
        }

        return name;
    }

    /// <summary>Takes all up to the next blank or the end.</summary>
    public ReadOnlySpan<byte> TakeWord() => Take(Rest.IndexOfAny(BlankBytes));

    /// <summary>
    /// Takes a quoted text's inside and its closing quote; false, and nothing taken, when it is not closed.
    /// </summary>
    /// <remarks>Starts after the opening quote. The inside is as exposed: still escaped.</remarks>
    public bool TryTakeQuoted(out ReadOnlySpan<byte> inside, out bool isEscaped)
    {
        isEscaped = false;
        var at = 0;
        while (true)
        {
            var step = Rest[at..].IndexOfAny((byte)'"', (byte)'\\');
            at += Math.Max(step, 0);
            if (step < 0 || (Rest[at] == '\\' && at + 1 == Rest.Length))
            {
                inside = [];
                return false;
            }

            if (Rest[at] == '"')
            {
                inside = Rest[..at];
                Rest = Rest[(at + 1)..];
                return true;
            }

            isEscaped = true;
            at += 2;
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = count < 0 ? Rest : Rest[..count];
        Rest = Rest[taken.Length..];
        return taken;
    }
}
