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
    /// <param name="Name">The limit's name: samples, labels, or the name of the label whose value is too long.</param>
    /// <param name="Value">What was seen when reading stopped.</param>
    public sealed record LimitExceeded(string Name, int Value, int Limit) : ExpositionResult;
}
