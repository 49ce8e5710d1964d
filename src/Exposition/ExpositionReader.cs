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
        new BodyReader(limits ?? ReadLimits.None, remembers: false).Read(utf8, IsOpenMetrics(contentType), keeps: null);

    internal static bool IsOpenMetrics(string? contentType) =>
        contentType?.TrimStart().StartsWith(OpenMetrics, StringComparison.OrdinalIgnoreCase) == true;
}
