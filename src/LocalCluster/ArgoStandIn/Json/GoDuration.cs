using System.Globalization;

namespace Rollouts.LocalCluster.ArgoStandIn.Json;

/// <summary>Go's duration text: <c>1h30m</c>, <c>10s</c>, <c>500ms</c>. There is no unit above the hour.</summary>
internal static class GoDuration
{
    /// <summary>Go counts nanoseconds in 64 bits: about 292 years.</summary>
    private const double LongestSeconds = long.MaxValue / 1e9;

    public static TimeSpan? Read(string? text)
    {
        if (text is "0")
            return TimeSpan.Zero;
        if (string.IsNullOrEmpty(text))
            return null;
        var rest = text.AsSpan();
        var negative = rest[0] == '-';
        if (rest[0] is '-' or '+')
            rest = rest[1..];
        if (rest.IsEmpty)
            return null;
        var seconds = 0.0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExceptInRange('.', '9');
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }
            rest = rest[digits..];
            var letters = rest.IndexOfAnyInRange('.', '9');
            var unit = letters < 0 ? rest : rest[..letters];
            if (SecondsOf(unit) is not { } factor)
                return null;
            seconds += number * factor;
            rest = rest[unit.Length..];
        }
        return seconds > LongestSeconds ? null : TimeSpan.FromSeconds(negative ? -seconds : seconds);
    }

    private static double? SecondsOf(ReadOnlySpan<char> unit) => unit switch
    {
        "h" => 3600,
        "m" => 60,
        "s" => 1,
        "ms" => 1e-3,
        "us" or "µs" => 1e-6,
        "ns" => 1e-9,
        _ => null,
    };
}
