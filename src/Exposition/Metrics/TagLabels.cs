using System.Globalization;

namespace Rollouts.Exposition.Metrics;

/// <summary>The tags of a measurement as labels, in the order of their names.</summary>
internal static class TagLabels
{
    /// <remarks>
    /// Two tags whose names become the same label share it, values joined by ';' (opentelemetry-specification,
    /// "Prometheus and OpenMetrics Compatibility", metric attributes).
    /// </remarks>
    public static Labels Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return Labels.None;
        }

        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in tags)
        {
            var label = MetricName.Label(name);
            var text = Text(value);
            values[label] = values.TryGetValue(label, out var earlier) ? $"{earlier};{text}" : text;
        }

        return new Labels([.. values.Select(pair => new Label(pair.Key, pair.Value))]);
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
