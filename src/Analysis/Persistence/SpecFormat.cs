using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Persistence;

/// <summary>A spec as bytes.</summary>
internal static class SpecFormat
{
    private enum SourceKind
    {
        None,
        Ratio,
        Histogram,
        Classes,
        Gauge,
    }

    public static void Write(StateWriter writer, AnalysisSpec spec)
    {
        writer.Number(spec.Alpha);
        writer.Number(spec.Beta);
        writer.Span(spec.ScrapeInterval);
        writer.Span(spec.EvidenceInterval);
        writer.Span(spec.WarmUp);
        writer.Span(spec.MinimumStep);
        writer.Flag(spec.Deadline is not null);
        writer.Span(spec.Deadline ?? default);
        writer.Span(spec.NeverReadyAfter);
        writer.Number(spec.HoldPromotionEvidence);
        writer.Count((int)spec.OnDeadline);
        writer.List(spec.Metrics, metric => Write(writer, metric));
        writer.List(spec.Limits, limit =>
        {
            writer.Text(limit.Metric);
            writer.Number(limit.Most);
            writer.Number(limit.MinimumExposure);
            writer.NumberOrNull(limit.SlowerThanSeconds);
        });
        writer.TextOrNull(spec.Profile);
        writer.List(spec.ExcludedRoutes, writer.Text);
    }

    public static AnalysisSpec Read(StateReader reader)
    {
        var spec = new AnalysisSpec
        {
            Alpha = reader.Number(),
            Beta = reader.Number(),
            ScrapeInterval = reader.Span(),
            EvidenceInterval = reader.Span(),
            WarmUp = reader.Span(),
            MinimumStep = reader.Span(),
        };
        var hasDeadline = reader.Flag();
        var deadline = reader.Span();
        return spec with
        {
            Deadline = hasDeadline ? deadline : null,
            NeverReadyAfter = reader.Span(),
            HoldPromotionEvidence = reader.Number(),
            OnDeadline = reader.Choice<DeadlineAction>(),
            Metrics = reader.List(() => ReadMetric(reader)),
            Limits = reader.List(() =>
                new LimitSpec(reader.Text(), reader.Number(), reader.Number(), reader.NumberOrNull())),
            Profile = reader.TextOrNull(),
            ExcludedRoutes = reader.List(reader.Text),
        };
    }

    private static void Write(StateWriter writer, MetricSpec metric)
    {
        writer.Text(metric.Name);
        writer.Count((int)metric.Kind);
        writer.Number(metric.Tolerance);
        writer.Number(metric.Gate);
        writer.NumberOrNull(metric.Margin);
        writer.Number(metric.Weight);
        writer.Number(metric.Clip);
        writer.Flag(metric.UsesTanh);
        writer.Number(metric.Quantile);
        writer.Flag(metric.DryRun);
        writer.Count((int)metric.Action);
        writer.Count((int)metric.Statistic);
        Write(writer, metric.Source);
    }

    private static MetricSpec ReadMetric(StateReader reader) => new()
    {
        Name = reader.Text(),
        Kind = reader.Choice<MetricKind>(),
        Tolerance = reader.Number(),
        Gate = reader.Number(),
        Margin = reader.NumberOrNull(),
        Weight = reader.Number(),
        Clip = reader.Number(),
        UsesTanh = reader.Flag(),
        Quantile = reader.Number(),
        DryRun = reader.Flag(),
        Action = reader.Choice<MetricAction>(),
        Statistic = reader.Choice<GaugeStatistic>(),
        Source = ReadSource(reader),
    };

    private static void Write(StateWriter writer, MetricSource? source)
    {
        switch (source)
        {
            case null:
                writer.Count((int)SourceKind.None);
                break;
            case MetricSource.Ratio ratio:
                writer.Count((int)SourceKind.Ratio);
                Write(writer, ratio.Bad);
                Write(writer, ratio.Total);
                break;
            case MetricSource.Histogram histogram:
                writer.Count((int)SourceKind.Histogram);
                writer.Text(histogram.Family);
                break;
            case MetricSource.Classes classes:
                writer.Count((int)SourceKind.Classes);
                writer.Text(classes.Counter);
                writer.Text(classes.Label);
                break;
            case MetricSource.Gauge gauge:
                writer.Count((int)SourceKind.Gauge);
                writer.Text(gauge.Name);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static MetricSource? ReadSource(StateReader reader) => reader.Choice<SourceKind>() switch
    {
        SourceKind.None => null,
        SourceKind.Ratio => new MetricSource.Ratio(ReadSelector(reader), ReadSelector(reader)),
        SourceKind.Histogram => new MetricSource.Histogram(reader.Text()),
        SourceKind.Classes => new MetricSource.Classes(reader.Text(), reader.Text()),
        SourceKind.Gauge => new MetricSource.Gauge(reader.Text()),
    };

    private static void Write(StateWriter writer, SeriesSelector selector)
    {
        writer.Text(selector.Name);
        writer.List(selector.Labels, label =>
        {
            writer.Text(label.Label);
            writer.List(label.Values, writer.Text);
        });
    }

    private static SeriesSelector ReadSelector(StateReader reader) =>
        new(reader.Text(), reader.List(() => new LabelValues(reader.Text(), reader.List(reader.Text))));
}
