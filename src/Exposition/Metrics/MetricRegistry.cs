using System.Buffers;
using System.Collections.Frozen;
using System.Diagnostics.Metrics;

namespace Rollouts.Exposition.Metrics;

/// <summary>Listens to instruments of <see cref="System.Diagnostics.Metrics"/> and writes what they measured.</summary>
/// <remarks>
/// Several registries may live in one process; each keeps its own sums from the moment it is made. An instrument
/// whose Prometheus name is taken by one of another type is left out and named in <see cref="Rejected"/>.
/// </remarks>
public sealed class MetricRegistry : IDisposable
{
    /// <summary>Series of one family when nothing else is said; what comes later shares one overflow series.</summary>
    public const int DefaultSeriesLimit = 2000;

    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();

    // Held while observing: publishing holds a lock of the runtime and waits for _lock, so _lock may not wait for it.
    private readonly Lock _writing = new();
    private readonly SortedDictionary<string, MeasuredFamily> _families = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _rejected = new(StringComparer.Ordinal);
    private readonly Func<Instrument, bool> _selects;
    private readonly int _seriesLimit;
    private long _pass;

    /// <summary>Listens to every meter of these names, whoever made it.</summary>
    public MetricRegistry(params string[] meterNames)
        : this(NamedIn(meterNames))
    {
    }

    /// <summary>Listens to the instruments that <paramref name="selects"/> picks.</summary>
    /// <param name="seriesLimit">Series of one family, at least 1.</param>
    public MetricRegistry(Func<Instrument, bool> selects, int seriesLimit = DefaultSeriesLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seriesLimit, 1);
        _selects = selects;
        _seriesLimit = seriesLimit;
        _listener.InstrumentPublished = Publish;
        _listener.SetMeasurementEventCallback<double>(Record);
        _listener.SetMeasurementEventCallback<float>((i, v, tags, family) => Record(i, v, tags, family));
        _listener.SetMeasurementEventCallback<long>((i, v, tags, family) => Record(i, v, tags, family));
        _listener.SetMeasurementEventCallback<int>((i, v, tags, family) => Record(i, v, tags, family));
        _listener.SetMeasurementEventCallback<short>((i, v, tags, family) => Record(i, v, tags, family));
        _listener.SetMeasurementEventCallback<byte>((i, v, tags, family) => Record(i, v, tags, family));
        _listener.SetMeasurementEventCallback<decimal>((i, v, tags, family) => Record(i, (double)v, tags, family));
        _listener.Start();
    }

    /// <summary>Instruments that were left out because their name is taken by a family of another type.</summary>
    public IReadOnlyCollection<string> Rejected
    {
        get
        {
            lock (_lock)
            {
                return [.. _rejected];
            }
        }
    }

    /// <summary>Lets a series appear at zero before anything is measured, so that its first increase is seen.</summary>
    public void Initialize(Instrument instrument, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (_selects(instrument))
        {
            FamilyFor(instrument)?.Initialize(tags);
        }
    }

    /// <summary>Sets counters and histograms back to zero, as a restart would; their series stay.</summary>
    public void Reset()
    {
        foreach (var family in Families())
        {
            family.Reset();
        }
    }

    /// <summary>Observes the observable instruments and writes every family in the order of their names.</summary>
    public void Write(IBufferWriter<byte> output, bool openMetrics)
    {
        lock (_writing)
        {
            _pass++;
            foreach (var family in Families())
            {
                family.BeginPass(_pass);
            }

            _listener.RecordObservableInstruments();
            var writer = new ExpositionWriter(output, openMetrics);
            foreach (var family in Families())
            {
                family.Write(writer, openMetrics);
            }

            writer.End();
        }
    }

    public void Dispose() => _listener.Dispose();

    private static Func<Instrument, bool> NamedIn(string[] meterNames)
    {
        var names = meterNames.ToFrozenSet(StringComparer.Ordinal);
        return instrument => names.Contains(instrument.Meter.Name);
    }

    private static void Record(
        Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? family) =>
        ((MeasuredFamily)family!).Record(value, tags);

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (_selects(instrument) && FamilyFor(instrument) is { } family)
        {
            listener.EnableMeasurementEvents(instrument, family);
        }
    }

    private MeasuredFamily? FamilyFor(Instrument instrument)
    {
        var shape = InstrumentShape.Of(instrument);
        lock (_lock)
        {
            if (!_families.TryGetValue(shape.Name, out var family))
            {
                family = new MeasuredFamily(shape, _seriesLimit);
                _families.Add(shape.Name, family);
            }

            if (family.Shape.Kind == shape.Kind)
            {
                return family;
            }

            _rejected.Add($"{instrument.Meter.Name}/{instrument.Name}");
            return null;
        }
    }

    private MeasuredFamily[] Families()
    {
        lock (_lock)
        {
            return [.. _families.Values];
        }
    }
}
