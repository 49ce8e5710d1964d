namespace Rollouts.benchmarks.Exposition;

/// <summary>The least that any reader must do: find the lines, and read the number at the end of each sample.</summary>
internal static class Floor
{
    public static long Read(ReadOnlySpan<byte> utf8)
    {
        long samples = 0;
        double sum = 0;
        while (!utf8.IsEmpty)
        {
            var end = utf8.IndexOf((byte)'\n');
            var line = end < 0 ? utf8 : utf8[..end];
            utf8 = end < 0 ? [] : utf8[(end + 1)..];
            if (line is [] or [(byte)'#', ..])
            {
                continue;
            }

            sum += Number(line[(line.LastIndexOf((byte)' ') + 1)..]);
            samples++;
        }

        return double.IsNaN(sum) ? 0 : samples;
    }

    private static double Number(ReadOnlySpan<byte> text)
    {
        double whole = 0;
        double scale = 1;
        var isFraction = false;
        foreach (var sign in text)
        {
            isFraction |= sign == '.';
            if (sign != '.')
            {
                whole = (whole * 10) + (sign - '0');
                scale *= isFraction ? 10 : 1;
            }
        }

        return whole / scale;
    }
}
