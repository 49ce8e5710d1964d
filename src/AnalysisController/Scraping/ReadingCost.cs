namespace Rollouts.AnalysisController.Scraping;

/// <summary>What reading a body may allocate at most, told from its lines before it is read.</summary>
/// <remarks>As measured, rounded up; a test holds it against bodies that are made to be dear.</remarks>
internal static class ReadingCost
{
    private const int Fixed = 16 * 1024;

    /// <summary>For each byte: a copy, strings of two bytes a character, and what lists outgrow.</summary>
    private const int Byte = 6;

    private const int Sample = 304;

    /// <summary>Beside its sample's: a name that is not that of the line before may be a family of its own.</summary>
    private const int Name = 1000;

    private const int Label = 200;

    /// <param name="mostSamples">Beyond them reading stops.</param>
    /// <param name="unseen">Below it the lines are not looked at one by one.</param>
    public static long MostOf(ReadOnlySpan<byte> body, int mostSamples, long unseen)
    {
        var whatever = Fixed + ((long)Byte * body.Length) + ((long)Label * body.Count((byte)'='));
        var rough = whatever + ((Sample + Name) * ((long)body.Count((byte)'\n') + 1));
        return rough <= unseen ? rough : whatever + OfLines(body, mostSamples);
    }

    private static long OfLines(ReadOnlySpan<byte> body, int mostSamples)
    {
        var cost = 0L;
        var samples = 0;
        ReadOnlySpan<byte> before = [];
        while (!body.IsEmpty && samples <= mostSamples)
        {
            var end = body.IndexOf((byte)'\n');
            var line = end < 0 ? body : body[..end];
            body = end < 0 ? [] : body[(end + 1)..];
            if (line.StartsWith("# "u8))
            {
                cost += Name;
            }
            else if (!line.IsEmpty && line[0] != (byte)'#')
            {
                var name = line[..NameLength(line)];
                cost += Sample + (name.SequenceEqual(before) ? 0 : Name);
                before = name;
                samples++;
            }
        }

        return cost;
    }

    private static int NameLength(ReadOnlySpan<byte> line)
    {
        var end = line.IndexOfAny("{ \t"u8);
        return end < 0 ? line.Length : end;
    }
}
