using System.Collections.Immutable;

namespace Rollouts.Analysis.Policy;

/// <summary>Where a policy's own metric comes from.</summary>
public abstract record MetricSource
{
    private MetricSource()
    {
    }

    /// <summary>Bad events over all events.</summary>
    public sealed record Ratio(SeriesSelector Bad, SeriesSelector Total) : MetricSource;

    /// <summary>A histogram by its family name.</summary>
    public sealed record Histogram(string Family) : MetricSource;

    /// <summary>A counter and the label whose values are the classes.</summary>
    public sealed record Classes(string Counter, string Label) : MetricSource;

    /// <summary>A gauge by its sample name.</summary>
    public sealed record Gauge(string Name) : MetricSource;
}

/// <summary>The series of one sample name whose labels have one of the listed values each.</summary>
public sealed record SeriesSelector(string Name, ImmutableArray<LabelValues> Labels);

/// <summary>The accepted values of one label; a trailing <c>*</c> matches every ending.</summary>
public sealed record LabelValues(string Label, ImmutableArray<string> Values);
