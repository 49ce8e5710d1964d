using System.Globalization;
using System.Text;

namespace Rollouts.Exposition.Metrics;

/// <summary>The running figures of one series, and its sample lines rendered up to the value.</summary>
internal sealed class MeasuredSeries(Labels labels, int boundCount)
{
    private readonly long[] _buckets = new long[boundCount + 1];
    private byte[][]? _text;
    private byte[][]? _openMetrics;

    public Labels Labels => labels;

    public double Value { get; set; }

    /// <summary>The pass of the last measurement; only observed series are forgotten by it.</summary>
    public long Pass { get; set; }

    public void Observe(double value, ReadOnlySpan<double> bounds)
    {
        var bucket = 0;
        while (bucket < bounds.Length && !(value <= bounds[bucket]))
        {
            bucket++;
        }

        _buckets[bucket]++;
        Value += value;
    }

    public void Reset()
    {
        Value = 0;
        Array.Clear(_buckets);
    }

    public void Write(ExpositionWriter writer, InstrumentShape shape, bool openMetrics)
    {
        var lines = openMetrics
            ? _openMetrics ??= Render(shape, openMetrics)
            : _text ??= Render(shape, openMetrics);
        if (shape.Kind != MeasurementKind.Histogram)
        {
            writer.Sample(lines[0], Value);
            return;
        }

        long count = 0;
        for (var i = 0; i < _buckets.Length; i++)
        {
            count += _buckets[i];
            writer.Sample(lines[i], count);
        }

        writer.Sample(lines[^2], Value);
        writer.Sample(lines[^1], count);
    }

    private byte[][] Render(InstrumentShape shape, bool openMetrics)
    {
        var braced = ExpositionWriter.Braced(labels);
        if (shape.Kind != MeasurementKind.Histogram)
        {
            return [Line(shape.Name, braced)];
        }

        var open = braced.Length == 0 ? "" : braced + ",";
        return
        [
            .. shape.Bounds.Select(bound => Line(shape.Name + "_bucket", $"{open}le=\"{Bound(bound, openMetrics)}\"")),
            Line(shape.Name + "_bucket", $"{open}le=\"+Inf\""),
            Line(shape.Name + "_sum", braced),
            Line(shape.Name + "_count", braced),
        ];
    }

    private static byte[] Line(string name, string braced) =>
        Encoding.UTF8.GetBytes(braced.Length == 0 ? $"{name} " : $"{name}{{{braced}}} ");

    // OpenMetrics 1.0, "Considerations: Canonical Numbers": whole numbers carry ".0"; the text format's clients do not.
    private static string Bound(double bound, bool openMetrics)
    {
        var text = bound.ToString(CultureInfo.InvariantCulture);
        return openMetrics && double.IsInteger(bound) && !text.Contains('E', StringComparison.Ordinal)
            ? text + ".0"
            : text;
    }
}
