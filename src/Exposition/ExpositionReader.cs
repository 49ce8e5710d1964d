using System.Text.Unicode;
using Rollouts.Exposition.Reading;

namespace Rollouts.Exposition;

/// <summary>Reads the Prometheus text format 0.0.4 and OpenMetrics 1.0 text.</summary>
/// <remarks>
/// Accepts what Prometheus accepts (prometheus/prometheus, model/textparse): families may interleave, samples may come
/// without TYPE, label lists may end in a comma, timestamps and exemplars are checked and dropped. UTF-8 metric names
/// in quotes are not read: we never ask for them.
/// </remarks>
public static class ExpositionReader
{
    private const string OpenMetrics = "application/openmetrics-text";

    /// <summary>Reads a whole body. One bad line rejects it all: a judge on partial data is silently biased.</summary>
    /// <param name="utf8">The body as it came off the wire, inflated.</param>
    /// <param name="contentType">The response's Content-Type; null is read as the text format.</param>
    /// <param name="limits">Bounds on the body; null bounds nothing.</param>
    public static ExpositionResult Read(
        ReadOnlySpan<byte> utf8, string? contentType = null, ReadLimits? limits = null) =>
        Read(utf8, IsOpenMetrics(contentType), limits, layout: null);

    internal static bool IsOpenMetrics(string? contentType) =>
        contentType?.TrimStart().StartsWith(OpenMetrics, StringComparison.OrdinalIgnoreCase) == true;

    /// <param name="layout">Told of every line that was read; null when nobody asks.</param>
    internal static ExpositionResult Read(
        ReadOnlySpan<byte> utf8, bool mustEnd, ReadLimits? limits, BodyLayout? layout)
    {
        if (!Utf8.IsValid(utf8))
        {
            return new ExpositionResult.Malformed(FirstInvalidLine(utf8), "not valid UTF-8");
        }

        var length = utf8.Length;
        var body = new BodyReader(limits ?? ReadLimits.None);
        var line = 0;
        while (!utf8.IsEmpty)
        {
            var start = length - utf8.Length;
            var end = utf8.IndexOf((byte)'\n');
            var text = end < 0 ? utf8 : utf8[..end];
            utf8 = end < 0 ? [] : utf8[(end + 1)..];
            line++;
            if (mustEnd && text.SequenceEqual("# EOF"u8))
            {
                layout?.AddOther(start, text.Length);
                return utf8.IsEmpty
                    ? body.Finish()
                    : new ExpositionResult.Malformed(line + 1, "nothing may follow \"# EOF\"");
            }

            if (body.ReadLine(text, line, out var sample) is { } failure)
            {
                return failure;
            }

            if (sample is var (valueAt, family))
            {
                layout?.AddSample(start, valueAt, family);
            }
            else
            {
                layout?.AddOther(start, text.Length);
            }
        }

        return mustEnd
            ? new ExpositionResult.Malformed(line + 1, "the body ends without \"# EOF\"")
            : body.Finish();
    }

    private static int FirstInvalidLine(ReadOnlySpan<byte> utf8)
    {
        var line = 1;
        while (true)
        {
            var end = utf8.IndexOf((byte)'\n');
            if (end < 0 || !Utf8.IsValid(utf8[..end]))
            {
                return line;
            }

            utf8 = utf8[(end + 1)..];
            line++;
        }
    }
}
