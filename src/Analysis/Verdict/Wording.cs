using System.Globalization;

namespace Rollouts.Analysis.Verdict;

/// <summary>Numbers as a person reads them, each with its unit; invariant culture.</summary>
internal static class Wording
{
    /// <summary>A share of 1 as percent with three significant digits: <c>0.105 %</c>.</summary>
    public static string Percent(double ratio) => Significant(ratio * 100) + " %";

    /// <summary>Percentage points: <c>0.5 points</c>.</summary>
    public static string Points(double ratio) => Significant(ratio * 100) + " points";

    /// <summary>Bytes in binary units: <c>178 MiB</c>.</summary>
    public static string Bytes(double bytes) => Math.Abs(bytes) switch
    {
        >= 1 << 30 => Significant(bytes / (1 << 30)) + " GiB",
        >= 1 << 20 => Significant(bytes / (1 << 20)) + " MiB",
        >= 1 << 10 => Significant(bytes / (1 << 10)) + " KiB",
        _ => Significant(Math.Round(bytes)) + " bytes",
    };

    /// <summary>A count with thousands separators.</summary>
    public static string Count(double count) =>
        count < 1e15 ? Math.Round(count).ToString("N0", CultureInfo.InvariantCulture) : Significant(count);

    /// <summary>A count rounded up to two digits, for forecasts: <c>1,400</c>.</summary>
    public static string About(double count)
    {
        if (count < 100)
        {
            return Count(Math.Ceiling(count));
        }

        var step = Math.Pow(10, Math.Floor(Math.Log10(count)) - 1);
        return Count(Math.Ceiling(count / step) * step);
    }

    /// <summary>Hours, minutes and seconds, at most two of them: <c>4 min 40 s</c>.</summary>
    public static string Duration(TimeSpan span)
    {
        var seconds = Math.Ceiling(Math.Max(0, span.TotalSeconds));
        return seconds < 60 ? Invariant($"{seconds:0} s")
            : seconds < 3600 ? Two(Math.Floor(seconds / 60), "min", seconds % 60, "s")
            : seconds < 86_400 * 2 ? Two(Math.Floor(seconds / 3600), "h", Math.Floor(seconds % 3600 / 60), "min")
            : Invariant($"{Math.Floor(seconds / 86_400):0} days");
    }

    /// <summary>Evidence as it is held against its limit, from its logarithm: <c>310</c>, <c>5.2e7</c>.</summary>
    public static string Evidence(double log)
    {
        if (double.IsNegativeInfinity(log))
        {
            return "0";
        }

        if (log < Math.Log(1e5))
        {
            return Significant(Math.Exp(log));
        }

        var exponent = Math.Floor(log / Math.Log(10));
        var digits = Math.Exp(log - (exponent * Math.Log(10)));
        return Invariant($"{digits:0.0}e{exponent:0}");
    }

    /// <summary>Three significant digits, never in exponent form between 1e-4 and 1e6.</summary>
    public static string Significant(double value)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return value.ToString(CultureInfo.InvariantCulture);
        }

        var magnitude = (int)Math.Floor(Math.Log10(Math.Abs(value)));
        if (magnitude is < -4 or > 6)
        {
            return value.ToString("0.##e0", CultureInfo.InvariantCulture);
        }

        var decimals = Math.Clamp(2 - magnitude, 0, 6);
        return Math.Round(value, decimals).ToString("#,0." + new string('#', decimals), CultureInfo.InvariantCulture);
    }

    private static string Two(double large, string largeUnit, double small, string smallUnit) =>
        small > 0 ? Invariant($"{large:0} {largeUnit} {small:0} {smallUnit}") : Invariant($"{large:0} {largeUnit}");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
