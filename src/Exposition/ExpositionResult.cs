using System.Collections.Immutable;

namespace Rollouts.Exposition;

/// <summary>What became of one body: all of its families, or nothing and the reason.</summary>
public abstract record ExpositionResult
{
    private ExpositionResult()
    {
    }

    /// <summary>The whole body was read.</summary>
    public sealed record Read(ImmutableArray<MetricFamily> Families) : ExpositionResult;

    /// <summary>The first line, counted from 1, that is not what the format allows.</summary>
    public sealed record Malformed(int Line, string Message) : ExpositionResult;

    /// <summary>The body is larger than the caller allows; it may be well-formed.</summary>
    /// <param name="Label">The label whose value is too long; empty for the other limits.</param>
    /// <param name="Value">What was seen when reading stopped.</param>
    public sealed record LimitExceeded(ReadLimit Which, string Label, int Value, int Limit) : ExpositionResult;
}

/// <summary>A bound of <see cref="ReadLimits"/>.</summary>
public enum ReadLimit
{
    Samples,
    Labels,
    LabelValue,
}
