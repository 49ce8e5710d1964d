using System.Collections.Immutable;

namespace Rollouts.Exposition;

/// <summary>What became of one body: all of its families, or nothing and the first line that is wrong.</summary>
public abstract record ExpositionResult
{
    private ExpositionResult()
    {
    }

    public sealed record Read(ImmutableArray<MetricFamily> Families) : ExpositionResult;

    public sealed record Malformed(int Line, string Message) : ExpositionResult;
}

/// <summary>Reads the Prometheus text format 0.0.4 and OpenMetrics 1.0 text.</summary>
public static class ExpositionReader
{
    /// <summary>Reads a whole body. One bad line rejects it all: a judge on partial data is silently biased.</summary>
    /// <param name="utf8">The body as it came off the wire, inflated.</param>
    /// <param name="contentType">The response's Content-Type; null is read as the text format.</param>
    public static ExpositionResult Read(ReadOnlySpan<byte> utf8, string? contentType = null) =>
        new ExpositionResult.Malformed(1, "not written yet");
}
