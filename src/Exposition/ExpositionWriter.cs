using System.Buffers;
using System.Globalization;
using System.Text;

namespace Rollouts.Exposition;

/// <summary>Writes the Prometheus text format 0.0.4, or OpenMetrics 1.0 text, family by family.</summary>
public sealed class ExpositionWriter(IBufferWriter<byte> output, bool openMetrics)
{
    /// <summary>The Content-Type of the text format.</summary>
    public const string TextContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The Content-Type of OpenMetrics.</summary>
    public const string OpenMetricsContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private const int LongestNumber = 32;

    // Up to here a double holds an integer exactly, and is written without an exponent.
    private const double ExactIntegers = 1e15;

    /// <summary>True when an Accept header names OpenMetrics.</summary>
    public static bool Accepts(string? accept) =>
        accept?.Contains("application/openmetrics-text", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Writes the HELP and TYPE lines that open a family.</summary>
    /// <param name="name">The family's name as the text format has it: a counter's ends in <c>_total</c>.</param>
    public void Family(string name, MetricType type, string help)
    {
        var family = openMetrics && type == MetricType.Counter && name.EndsWith("_total", StringComparison.Ordinal)
            ? name[..^"_total".Length]
            : name;
        Text("# HELP "u8);
        Text(family);
        Text(" "u8);
        Text(Escaped(help, quotes: openMetrics));
        Text("\n# TYPE "u8);
        Text(family);
        Text(" "u8);
        Text(Word(type));
        Text("\n"u8);
    }

    /// <summary>Writes one sample.</summary>
    public void Sample(in Sample sample)
    {
        Text(sample.Name);
        if (!sample.Labels.All.IsEmpty)
        {
            Text($"{{{Braced(sample.Labels)}}}");
        }

        Text(" "u8);
        Number(sample.Value);
    }

    /// <summary>Ends the body; nothing may be written after it.</summary>
    public void End() => Text(openMetrics ? "# EOF\n"u8 : ""u8);

    /// <summary>Labels as they stand between braces, values escaped.</summary>
    public static string Braced(Labels labels) =>
        string.Join(',', labels.All.Select(label => $"{label.Name}=\"{Escaped(label.Value, quotes: true)}\""));

    /// <summary>Writes a sample whose name, braces and blank are rendered already.</summary>
    internal void Sample(ReadOnlySpan<byte> rendered, double value)
    {
        Text(rendered);
        Number(value);
    }

    private void Number(double value)
    {
        var target = output.GetSpan(LongestNumber);
        int written;
        if (Math.Abs(value) < ExactIntegers && value == Math.Truncate(value))
        {
            // Most samples are counts; formatting one as a double would take five times as long.
            ((long)value).TryFormat(target, out written, default, CultureInfo.InvariantCulture);
        }
        else if (double.IsFinite(value))
        {
            value.TryFormat(target, out written, default, CultureInfo.InvariantCulture);
        }
        else
        {
            var word = double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8;
            word.CopyTo(target);
            written = word.Length;
        }

        target[written] = (byte)'\n';
        output.Advance(written + 1);
    }

    private void Text(ReadOnlySpan<byte> utf8) => output.Write(utf8);

    private void Text(string text) => Encoding.UTF8.GetBytes(text, output);

    private string Word(MetricType type) => type switch
    {
        MetricType.Counter => "counter",
        MetricType.Gauge => "gauge",
        MetricType.Histogram => "histogram",
        MetricType.Summary => "summary",
        MetricType.Untyped => openMetrics ? "unknown" : "untyped",
    };

    private static string Escaped(string text, bool quotes)
    {
        if (text.AsSpan().IndexOfAny('\\', '\n', '"') < 0)
        {
            return text;
        }

        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }
}
