using System.Collections.Immutable;
using System.Diagnostics.Metrics;

namespace Rollouts.Exposition.Metrics;

/// <summary>How the measurements of an instrument add up.</summary>
internal enum MeasurementKind
{
    /// <summary>Increments of a sum that only grows.</summary>
    Counter,

    /// <summary>Increments of a sum that may shrink.</summary>
    UpDown,

    /// <summary>The value itself.</summary>
    Gauge,

    /// <summary>A sum that only grows, observed as it stands.</summary>
    ObservedCounter,

    /// <summary>A value observed as it stands.</summary>
    ObservedGauge,

    Histogram,
}

/// <summary>What a family needs to know of its instrument.</summary>
/// <param name="Bounds">Upper bounds of a histogram's buckets without the last, infinite one; else empty.</param>
internal sealed record InstrumentShape(string Name, string Help, MeasurementKind Kind, ImmutableArray<double> Bounds)
{
    // OpenTelemetry specification, metrics SDK, "Explicit Bucket Histogram Aggregation".
    private static readonly ImmutableArray<double> DefaultBounds =
        [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    // OpenTelemetry semantic conventions, http.server.request.duration: the advice for durations in seconds.
    private static readonly ImmutableArray<double> SecondsBounds =
        [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    public bool IsObserved => Kind is MeasurementKind.ObservedCounter or MeasurementKind.ObservedGauge;

    public MetricType Type => Kind switch
    {
        MeasurementKind.Counter or MeasurementKind.ObservedCounter => MetricType.Counter,
        MeasurementKind.UpDown or MeasurementKind.Gauge or MeasurementKind.ObservedGauge => MetricType.Gauge,
        MeasurementKind.Histogram => MetricType.Histogram,
    };

    public static InstrumentShape Of(Instrument instrument)
    {
        var kind = KindOf(instrument.GetType().GetGenericTypeDefinition());
        var shape = new InstrumentShape("", "", kind, []);
        var name = MetricName.Of(instrument.Name, instrument.Unit, shape.Type);
        var help = string.IsNullOrEmpty(instrument.Description)
            ? $"Instrument {instrument.Name} of meter {instrument.Meter.Name}."
            : instrument.Description;
        return shape with
        {
            Name = name,
            Help = help,
            Bounds = kind == MeasurementKind.Histogram ? BoundsOf(instrument) : [],
        };
    }

    private static MeasurementKind KindOf(Type type) => type switch
    {
        _ when type == typeof(Counter<>) => MeasurementKind.Counter,
        _ when type == typeof(UpDownCounter<>) => MeasurementKind.UpDown,
        _ when type == typeof(Histogram<>) => MeasurementKind.Histogram,
        _ when type == typeof(ObservableCounter<>) => MeasurementKind.ObservedCounter,
        _ when type == typeof(ObservableGauge<>) => MeasurementKind.ObservedGauge,
        _ when type == typeof(ObservableUpDownCounter<>) => MeasurementKind.ObservedGauge,
        _ => MeasurementKind.Gauge,
    };

    private static ImmutableArray<double> BoundsOf(Instrument instrument) => instrument switch
    {
        Instrument<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Instrument<float> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Instrument<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Instrument<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        _ => instrument.Unit == "s" ? SecondsBounds : DefaultBounds,
    };
}
