using System.Collections.Immutable;

namespace Rollouts.Exposition;

/// <summary>The type that a <c># TYPE</c> line declares; <see cref="Untyped"/> where none does.</summary>
public enum MetricType
{
    Untyped,
    Counter,
    Gauge,
    Histogram,
    Summary,
}

/// <summary>
/// One exposed value. <paramref name="Name"/> is the sample's own name, such as <c>x_bucket</c> of family <c>x</c>.
/// </summary>
public readonly record struct Sample(string Name, Labels Labels, double Value);

/// <summary>A metric family of one scrape with its samples in the order in which they were exposed.</summary>
public sealed record MetricFamily(string Name, MetricType Type, string Help, ImmutableArray<Sample> Samples);
