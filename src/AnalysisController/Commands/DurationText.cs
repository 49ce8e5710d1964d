using System.Globalization;

namespace Rollouts.AnalysisController.Commands;

/// <summary>Durations as Go and Kubernetes spell them: 500ms, 3s, 1m30s, 2h.</summary>
internal static class DurationText
{
    private const double MostSeconds = 1e9;

    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    public static TimeSpan? Parse(string text)
    {
        var rest = text.AsSpan();
        var seconds = 0.0;
        while (!rest.IsEmpty)
        {
            var afterNumber = rest.TrimStart("0123456789.");
            var number = rest[..^afterNumber.Length];
            rest = afterNumber.TrimStart("hms");
            if (
                SecondsOf(afterNumber[..^rest.Length]) is not { } factor
                || !double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            )
            {
                return null;
            }

            seconds += count * factor;
        }

        return text.Length > 0 && seconds <= MostSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static double? SecondsOf(ReadOnlySpan<char> unit)
    {
        foreach (var (name, seconds) in Units)
        {
            if (unit.SequenceEqual(name))
            {
                return seconds;
            }
        }

        return null;
    }
}
