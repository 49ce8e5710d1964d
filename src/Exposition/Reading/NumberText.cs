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
        TryShortDecimal(text, out value) || TryAnyNumber(text, out value);

    private static bool TryShortDecimal(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        var at = text is [(byte)'-', ..] ? 1 : 0;
        var digits = text.Length - at;
        if (digits is 0 or > ExactDigits)
        {
            return false;
        }

        var isNegative = at == 1;
        long mantissa = 0;
        var point = -1;
        for (; at < text.Length; at++)
        {
            var digit = text[at] - '0';
            if (unchecked((uint)digit) <= 9)
            {
                mantissa = (mantissa * 10) + digit;
            }
            else if (text[at] == '.' && point < 0 && digits > 1)
            {
                point = at;
            }
            else
            {
                return false;
            }
        }

        value = point < 0 ? mantissa : mantissa / PowersOfTen[text.Length - point - 1];
        value = isNegative ? -value : value;
        return true;
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
