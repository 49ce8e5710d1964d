using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Rollouts.Exposition.Reading;

/// <summary>The numbers of the exposition formats.</summary>
/// <remarks>
/// Source: prometheus/prometheus, model/textparse, parseFloat: Go's strconv.ParseFloat without hexadecimal floats and
/// without underscores; a value out of range is no number.
/// </remarks>
internal static class NumberText
{
    private const NumberStyles Decimal =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    // An integer below 10^15 is exact in a double and so is 10^15: one division rounds once (Clinger 1990).
    private const int ExactDigits = 15;

    private static ReadOnlySpan<double> PowersOfTen =>
        [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>Reads the whole of <paramref name="text"/>; false when it is not exactly one number.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value) =>
        (TakeShortDecimal(text, out value) is var length && length > 0 && length == text.Length)
        || TryAnyNumber(text, out value);

    /// <summary>Reads a plain decimal of few digits that <paramref name="text"/> begins with.</summary>
    /// <returns>How many bytes it has; zero when there is none, or one of another kind.</returns>
    public static int TakeShortDecimal(ReadOnlySpan<byte> text, out double value)
    {
        var first = text is [(byte)'-', ..] ? 1 : 0;
        var at = first;
        var point = -1;
        ulong mantissa = 0;
        unchecked
        {
            if (BinaryPrimitives.TryReadUInt64LittleEndian(text[at..], out var eight) && AreDigits(eight))
            {
                mantissa = Digits(eight);
                at += sizeof(ulong);
            }

            for (; at < text.Length; at++)
            {
                var digit = (uint)text[at] - '0';
                if (digit <= 9)
                {
                    mantissa = (mantissa * 10) + digit;
                }
                else if (text[at] == '.' && point < 0)
                {
                    point = at;
                }
                else
                {
                    break;
                }
            }
        }

        var digits = at - first - (point < 0 ? 0 : 1);
        var whole = unchecked((long)mantissa);
        value = point < 0 ? whole : whole / PowersOfTen[Math.Min(at - point - 1, ExactDigits)];
        value = first == 1 ? -value : value;
        return digits is > 0 and <= ExactDigits ? at : 0;
    }

    private static bool AreDigits(ulong eight) => unchecked(
        (eight & 0xF0F0_F0F0_F0F0_F0F0) | (((eight + 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0) >> 4))
        == 0x3333_3333_3333_3333;

    /// <summary>Pairs of digits, then pairs of pairs, then both halves, each in one multiplication.</summary>
    /// <remarks>Source: D. Lemire, "Quickly parsing eight digits" (2018).</remarks>
    private static ulong Digits(ulong eight)
    {
        const ulong mask = 0x0000_00FF_0000_00FF;
        unchecked
        {
            eight -= 0x3030_3030_3030_3030;
            eight = (eight * 10) + (eight >> 8);
            return (((eight & mask) * 0x000F_4240_0000_0064) + (((eight >> 16) & mask) * 0x0000_2710_0000_0001)) >> 32;
        }
    }

    private static bool TryAnyNumber(ReadOnlySpan<byte> text, out double value)
    {
        var unsigned = text is [(byte)'+' or (byte)'-', ..] ? text[1..] : text;
        if (Ascii.EqualsIgnoreCase(unsigned, "inf"u8) || Ascii.EqualsIgnoreCase(unsigned, "infinity"u8))
        {
            value = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        if (Ascii.EqualsIgnoreCase(text, "nan"u8))
        {
            value = double.NaN;
            return true;
        }

        return double.TryParse(text, Decimal, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }
}
