using System.Text;

namespace Rollouts.Exposition.Metrics;

/// <summary>Names of OpenTelemetry instruments and attributes as Prometheus has them.</summary>
/// <remarks>
/// Source: opentelemetry-specification, "Prometheus and OpenMetrics Compatibility": other characters become one
/// underscore, UCUM units become words at the end, counters end in <c>_total</c>.
/// </remarks>
internal static class MetricName
{
    /// <summary>
    /// <c>http.server.request.duration</c> in <c>s</c> becomes <c>http_server_request_duration_seconds</c>.
    /// </summary>
    /// <param name="unit">A UCUM unit; null or an annotation such as <c>{request}</c> adds nothing.</param>
    public static string Of(string instrument, string? unit, MetricType type)
    {
        var name = Sanitized(instrument, allowColon: true);
        var isCounter = type == MetricType.Counter;
        if (isCounter && name.EndsWith("_total", StringComparison.Ordinal))
        {
            name = name[..^"_total".Length];
        }

        var word = unit == "1" ? (type == MetricType.Gauge ? "ratio" : "") : UnitWord(unit ?? "");
        if (word.Length > 0 && !name.EndsWith("_" + word, StringComparison.Ordinal))
        {
            name = $"{name}_{word}";
        }

        return isCounter ? name + "_total" : name;
    }

    /// <summary>A label's name: letters, digits and underscores, not starting with a digit.</summary>
    public static string Label(string attribute) => Sanitized(attribute, allowColon: false);

    private static string Sanitized(string name, bool allowColon)
    {
        var text = new StringBuilder(name.Length + 1);
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterOrDigit(letter) || (allowColon && letter == ':'))
            {
                text.Append(letter);
            }
            else if (text is [] or [.., not '_'])
            {
                text.Append('_');
            }
        }

        return text.Length == 0 || char.IsAsciiDigit(text[0]) ? $"_{text}" : text.ToString();
    }

    private static string UnitWord(string unit)
    {
        var annotation = unit.IndexOf('{', StringComparison.Ordinal);
        var plain = annotation < 0 ? unit : unit[..annotation];
        var slash = plain.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return Plural(plain);
        }

        var of = Plural(plain[..slash]);
        var per = $"per_{Singular(plain[(slash + 1)..])}";
        return of.Length == 0 ? per : $"{of}_{per}";
    }

    private static string Plural(string unit) => unit switch
    {
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "min" => "minutes",
        "h" => "hours",
        "d" => "days",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "kBy" => "kilobytes",
        "MBy" => "megabytes",
        "%" => "percent",
        "Cel" => "celsius",
        "Hz" => "hertz",
        _ => Sanitized(unit, allowColon: false).Trim('_'),
    };

    private static string Singular(string unit) => unit switch
    {
        "s" => "second",
        "min" => "minute",
        "h" => "hour",
        "d" => "day",
        _ => Plural(unit),
    };
}
