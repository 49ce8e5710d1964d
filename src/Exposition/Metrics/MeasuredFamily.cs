using Tags = System.ReadOnlySpan<System.Collections.Generic.KeyValuePair<string, object?>>;

namespace Rollouts.Exposition.Metrics;

/// <summary>The series of one family. Safe to record from any thread.</summary>
internal sealed class MeasuredFamily(InstrumentShape shape, int seriesLimit)
{
    // OpenTelemetry specification, metrics SDK, "Cardinality limits": the attribute of the series that takes the rest.
    private static readonly Labels Overflow = new([new Label("otel_metric_overflow", "true")]);

    private readonly Lock _lock = new();
    private readonly TagTable _byTags = new(seriesLimit * 2);
    private readonly Dictionary<Labels, MeasuredSeries> _byLabels = [];
    private readonly List<MeasuredSeries> _series = [];
    private long _pass;

    public InstrumentShape Shape => shape;

    public void Record(double value, Tags tags)
    {
        lock (_lock)
        {
            var series = Series(tags);
            switch (shape.Kind)
            {
                case MeasurementKind.Counter or MeasurementKind.UpDown:
                    series.Value += value;
                    break;
                case MeasurementKind.Gauge:
                    series.Value = value;
                    break;
                case MeasurementKind.Histogram:
                    series.Observe(value, shape.Bounds.AsSpan());
                    break;
                case MeasurementKind.ObservedCounter or MeasurementKind.ObservedGauge:
                    // Several instruments may share a family: within a pass their observations add up.
                    series.Value = series.Pass == _pass ? series.Value + value : value;
                    break;
            }

            series.Pass = _pass;
        }
    }

    public void Initialize(Tags tags)
    {
        lock (_lock)
        {
            Series(tags).Pass = _pass;
        }
    }

    public void Reset()
    {
        lock (_lock)
        {
            foreach (var series in _series)
            {
                if (shape.Kind is MeasurementKind.Counter or MeasurementKind.Histogram)
                {
                    series.Reset();
                }
            }
        }
    }

    public void BeginPass(long pass)
    {
        lock (_lock)
        {
            _pass = pass;
        }
    }

    /// <summary>Writes the family; observed series that this pass did not observe are forgotten.</summary>
    public void Write(ExpositionWriter writer, bool openMetrics)
    {
        lock (_lock)
        {
            if (shape.IsObserved)
            {
                Forget();
            }

            if (_series.Count == 0)
            {
                return;
            }

            writer.Family(shape.Name, shape.Type, shape.Help);
            foreach (var series in _series)
            {
                series.Write(writer, shape, openMetrics);
            }
        }
    }

    private MeasuredSeries Series(Tags tags)
    {
        if (_byTags.TryGet(tags, out var series))
        {
            return series;
        }

        var labels = TagLabels.Of(tags);
        if (!_byLabels.TryGetValue(labels, out series))
        {
            if (_series.Count >= seriesLimit && _byLabels.TryGetValue(Overflow, out series))
            {
                return series;
            }

            series = new MeasuredSeries(_series.Count >= seriesLimit ? Overflow : labels, shape.Bounds.Length);
            _byLabels.Add(series.Labels, series);
            _series.Add(series);
        }

        _byTags.Add(tags, series);
        return series;
    }

    private void Forget()
    {
        if (_series.RemoveAll(series => series.Pass != _pass) > 0)
        {
            _byTags.Clear();
            _byLabels.Clear();
            foreach (var series in _series)
            {
                _byLabels.Add(series.Labels, series);
            }
        }
    }
}
