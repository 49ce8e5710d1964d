using System.Collections.Immutable;

namespace Rollouts.Analysis.Policy;

/// <summary>What kind of statement a metric makes.</summary>
public enum MetricKind
{
    /// <summary>Requests answered with a server error (5xx), per request.</summary>
    Errors,

    /// <summary>Requests answered with a client error (4xx), per request.</summary>
    ClientErrors,

    /// <summary>Requests slower than the histogram boundary at a quantile of stable's past, per request.</summary>
    Latency,

    /// <summary>Failed health probes, per probe.</summary>
    Health,

    /// <summary>Container restarts, per pod-second.</summary>
    Restarts,

    /// <summary>The mix of values of one label.</summary>
    Classes,

    /// <summary>A level or its slope, one number a pod.</summary>
    Gauge,

    /// <summary>Any counter over any other, named by the policy.</summary>
    Ratio,
}

/// <summary>What a metric's evidence may do.</summary>
public enum MetricAction
{
    /// <summary>Counts against alpha and can abort.</summary>
    Abort,

    /// <summary>Withholds Pass while raised; never aborts and is no part of alpha.</summary>
    Hold,
}

/// <summary>The one number by which a pod's gauge is compared.</summary>
public enum GaugeStatistic
{
    /// <summary>How fast it grows: leaks.</summary>
    Slope,

    /// <summary>Its mean: queues, pools, temperatures.</summary>
    Level,
}

/// <summary>One judged metric; the defaults are the table of docs/how-the-judge-decides.md.</summary>
public sealed record MetricSpec
{
    /// <summary>Name of the metric of resident memory, the only gauge whose unit is known.</summary>
    public const string Memory = "memory";

    public required string Name { get; init; }

    public required MetricKind Kind { get; init; }

    /// <summary>How many times stable's ratio is acceptable; in [1, 20].</summary>
    public double Tolerance { get; init; } = 1.5;

    /// <summary>
    /// Smallest excess of the canary's ratio that counts against it; of a gauge, as a share of stable's level; 0..1.
    /// </summary>
    public double Gate { get; init; }

    /// <summary>
    /// Excess over the tolerance line that a Pass must exclude; in (0, 1], null where Pass does not ask this metric.
    /// </summary>
    public double? Margin { get; init; }

    /// <summary>Share of the evidence, renormalised over the metrics that stable exports; in [0, 100].</summary>
    public double Weight { get; init; }

    /// <summary>Largest factor by which one interval may multiply the evidence; in (1, 1000].</summary>
    public double Clip { get; init; } = 5;

    /// <summary>
    /// Whether the tanh bettors play too: faster on a majority of small, frequent excesses such as latency.
    /// </summary>
    public bool UsesTanh { get; init; }

    /// <summary>Quantile of a latency metric; in (0, 1).</summary>
    public double Quantile { get; init; } = .5;

    /// <summary>Shown but neither counted nor asked.</summary>
    public bool DryRun { get; init; }

    public MetricAction Action { get; init; } = MetricAction.Abort;

    /// <summary>Of a gauge: which number of each pod is compared.</summary>
    public GaugeStatistic Statistic { get; init; } = GaugeStatistic.Slope;

    /// <summary>Where the numbers come from; null for the profile's own.</summary>
    public MetricSource? Source { get; init; }

    /// <summary>Whether the metric's evidence is part of the sum that is held against alpha.</summary>
    public bool CountsAgainstAlpha => Action == MetricAction.Abort && !DryRun && Kind != MetricKind.Gauge;

    /// <summary>The metrics that are judged unless a policy names others.</summary>
    public static ImmutableArray<MetricSpec> Defaults =>
    [
        Named("errors")!, Named("lat_p50")!, Named("lat_p90")!, Named("lat_p99")!, Named("health")!, Named("restarts")!,
        Named("clientErrors")!,
    ];

    /// <summary>A metric of the default table by its name; null for a name that has no defaults.</summary>
    public static MetricSpec? Named(string name) => name switch
    {
        "errors" => new MetricSpec
        {
            Name = name, Kind = MetricKind.Errors, Tolerance = 1.5, Weight = .35, Gate = .001, Margin = .005,
        },
        "clientErrors" => new MetricSpec
        {
            Name = name, Kind = MetricKind.ClientErrors, Tolerance = 2, Gate = .05, Action = MetricAction.Hold,
        },
        "lat_p50" => Latency(name, .5) with { Tolerance = 1.15, Weight = .05, Gate = .03, Margin = .03 },
        "lat_p90" => Latency(name, .9) with { Tolerance = 1.25, Weight = .15, Gate = .01, Margin = .01 },
        "lat_p99" => Latency(name, .99) with { Tolerance = 1.5, Weight = .15, Gate = .003, Margin = .005 },
        "health" => new MetricSpec { Name = name, Kind = MetricKind.Health, Tolerance = 1.5, Weight = .1, Clip = 3 },
        "restarts" =>
            new MetricSpec { Name = name, Kind = MetricKind.Restarts, Tolerance = 1, Weight = .15, Clip = 20 },
        "classes" => new MetricSpec { Name = name, Kind = MetricKind.Classes, Tolerance = 1, Weight = .05, Gate = .05 },
        Memory => new MetricSpec { Name = name, Kind = MetricKind.Gauge, Gate = .2, Action = MetricAction.Hold },
        _ => null,
    };

    private static MetricSpec Latency(string name, double quantile) =>
        new() { Name = name, Kind = MetricKind.Latency, Quantile = quantile, UsesTanh = true };
}
