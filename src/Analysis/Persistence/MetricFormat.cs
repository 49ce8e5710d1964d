using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Persistence;

/// <summary>The state of one metric as bytes; its spec is written with the spec.</summary>
internal static class MetricFormat
{
    public static void Write(StateWriter writer, MetricState metric, Shedding shedding)
    {
        writer.Flag(metric.IsExported);
        switch (metric)
        {
            case RatioState ratio:
                EvidenceFormat.Write(writer, ratio.Ratio, shedding);
                break;
            case LatencyState latency:
                EvidenceFormat.Write(writer, latency.Ratio, shedding);
                writer.Numbers(latency.PastExceeded);
                writer.Number(latency.PastRequests);
                writer.Numbers(latency.CanaryExceeded);
                writer.Number(latency.CanaryRequests);
                writer.Numbers(latency.BucketBounds);
                writer.Number(latency.Boundary ?? -1);
                break;
            case ClassState classes:
                EvidenceFormat.Write(writer, classes.Drift, shedding);
                EvidenceFormat.Write(writer, classes.Requests);
                writer.List(classes.Names, writer.Text);
                break;
            case GaugeState gauge:
                Write(writer, gauge, shedding);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    public static MetricState Read(StateReader reader, MetricSpec spec)
    {
        var isExported = reader.Flag();
        return spec.Kind switch
        {
            MetricKind.Latency => new LatencyState
            {
                Spec = spec,
                IsExported = isExported,
                Ratio = EvidenceFormat.ReadRatio(reader),
                PastExceeded = reader.Numbers(),
                PastRequests = reader.Number(),
                CanaryExceeded = reader.Numbers(),
                CanaryRequests = reader.Number(),
                BucketBounds = reader.Numbers(),
                Boundary = reader.Number() is >= 0 and var boundary ? (int)boundary : null,
            },
            MetricKind.Classes => new ClassState
            {
                Spec = spec,
                IsExported = isExported,
                Drift = EvidenceFormat.ReadDrift(reader),
                Requests = EvidenceFormat.ReadCounts(reader),
                Names = reader.List(reader.Text),
            },
            MetricKind.Gauge => ReadGauge(reader, spec, isExported),
            MetricKind.Errors or MetricKind.ClientErrors or MetricKind.Health or MetricKind.Restarts
                or MetricKind.Ratio =>
                new RatioState { Spec = spec, IsExported = isExported, Ratio = EvidenceFormat.ReadRatio(reader) },
        };
    }

    private static void Write(StateWriter writer, GaugeState gauge, Shedding shedding)
    {
        writer.InstantOrNull(gauge.StartedAt);
        writer.Count(gauge.Looks);
        writer.Flag(gauge.IsRaised);
        writer.Flag(gauge.ReachesLimit);
        writer.Number(gauge.CanaryMean);
        writer.Number(gauge.StableMean);
        writer.List(shedding.Gauges ? [] : gauge.Canary, Series);
        writer.List(shedding.Gauges ? [] : gauge.Stable, Series);

        void Series(GaugeSeries series)
        {
            writer.Text(series.Pod);
            writer.Instant(series.FirstAt);
            writer.Count(series.Minute);
            writer.Numbers(series.Readings);
            writer.Numbers(series.Medians);
        }
    }

    private static GaugeState ReadGauge(StateReader reader, MetricSpec spec, bool isExported) => new()
    {
        Spec = spec,
        IsExported = isExported,
        StartedAt = reader.InstantOrNull(),
        Looks = (int)reader.Count(),
        IsRaised = reader.Flag(),
        ReachesLimit = reader.Flag(),
        CanaryMean = reader.Number(),
        StableMean = reader.Number(),
        Canary = reader.List(() => ReadSeries(reader)),
        Stable = reader.List(() => ReadSeries(reader)),
    };

    private static GaugeSeries ReadSeries(StateReader reader) =>
        new(reader.Text(), reader.Instant(), (int)reader.Count(), reader.Numbers(), reader.Numbers());
}
