using System.Collections.Immutable;

namespace Rollouts.Analysis.Observation;

/// <summary>
/// What all pods of both arms added in one evidence interval; the unit that is judged, journaled and replayed.
/// </summary>
public sealed record EvidenceInterval
{
    /// <summary>End of the interval.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Sorted by pod name (ordinal).</summary>
    public required ImmutableArray<PodIncrease> Canary { get; init; }

    /// <summary>Sorted by pod name (ordinal).</summary>
    public required ImmutableArray<PodIncrease> Stable { get; init; }

    /// <summary>Upper bounds in seconds of the finite buckets, ascending; empty when they are not known.</summary>
    public ImmutableArray<double> BucketBounds { get; init; } = [];

    /// <summary>As <see cref="BucketBounds"/>, of a policy's own histograms by metric name.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<double>> OwnBounds { get; init; } =
        PodIncrease.EmptyHistograms;

    /// <summary>
    /// Names of the classes in the order of <see cref="PodIncrease.Classes"/>; empty when they are not known.
    /// </summary>
    public ImmutableArray<string> ClassNames { get; init; } = [];
}

/// <summary>
/// What one pod added in one evidence interval. A field that is null or empty was not observed; zero is an observation.
/// </summary>
public sealed record PodIncrease
{
    public required string Pod { get; init; }

    public double? Requests { get; init; }

    /// <summary>Requests answered with a server error.</summary>
    public double? Errors { get; init; }

    /// <summary>Requests answered with a client error.</summary>
    public double? ClientErrors { get; init; }

    /// <summary>Requests by latency, cumulative over the bucket bounds; the last entry is all requests.</summary>
    public ImmutableArray<double> Buckets { get; init; } = [];

    /// <summary>Failed health probes, and probes.</summary>
    public BadOfAll? Health { get; init; }

    /// <summary>Container restarts, and pod-seconds.</summary>
    public BadOfAll? Restarts { get; init; }

    public ImmutableArray<double> Classes { get; init; } = [];

    /// <summary>A policy's own ratios by metric name.</summary>
    public ImmutableSortedDictionary<string, BadOfAll> Ratios { get; init; } = EmptyRatios;

    /// <summary>A policy's own histograms by metric name, as <see cref="Buckets"/>.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<double>> Histograms { get; init; } = EmptyHistograms;

    /// <summary>Latest readings of gauges by metric name.</summary>
    public ImmutableSortedDictionary<string, double> Gauges { get; init; } = EmptyGauges;

    /// <summary>The smallest memory limit of the pod's containers in bytes.</summary>
    public double? MemoryLimitBytes { get; init; }

    internal static ImmutableSortedDictionary<string, BadOfAll> EmptyRatios { get; } =
        ImmutableSortedDictionary.Create<string, BadOfAll>(StringComparer.Ordinal);

    internal static ImmutableSortedDictionary<string, ImmutableArray<double>> EmptyHistograms { get; } =
        ImmutableSortedDictionary.Create<string, ImmutableArray<double>>(StringComparer.Ordinal);

    internal static ImmutableSortedDictionary<string, double> EmptyGauges { get; } =
        ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal);
}

/// <summary>Bad events, and the exposure in which they fell.</summary>
public readonly record struct BadOfAll(double Bad, double All);
