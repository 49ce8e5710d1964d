using System.Collections.Immutable;
using System.Text.Json;

namespace Rollouts.Analysis.Policy;

/// <summary>One entry of <c>metrics</c>: a name, or an object with what differs from that name's defaults.</summary>
internal static class MetricReader
{
    public static MetricSpec? Read(JsonElement json, string path, AnalysisSpec preset, List<string> problems)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            return Known(json.GetString()!, preset) ?? Unknown(json.GetString()!, path, problems);
        }

        if (json.ValueKind == JsonValueKind.Object
            && json.TryGetProperty("name", out var name)
            && name.ValueKind == JsonValueKind.String
            && name.GetString() is { Length: > 0 } text)
        {
            return ReadNamed(text, json, path, preset, problems);
        }

        problems.Add($"{path} is {json.GetRawText()}; a metric's name, or an object with a name, is expected");
        return null;
    }

    public static MetricSpec? ReadNamed(
        string name, JsonElement json, string path, AnalysisSpec preset, List<string> problems)
    {
        var fields = new FieldReader(json, path, problems);
        fields.Take("name");
        var source = ReadSource(fields, problems);
        var start = Known(name, preset) ?? DefaultsOf(name, source);
        if (start is null)
        {
            return Unknown(name, path, problems);
        }

        var metric = start with
        {
            Kind = KindOf(source) ?? start.Kind,
            Source = source ?? start.Source,
            Tolerance = fields.Number("tolerance", start.Tolerance, 1, 20),
            Gate = fields.Number("gate", start.Gate, 0, 1),
            Margin = fields.NumberOrNull("margin", start.Margin, 0, 1, aboveLow: true),
            Weight = fields.Number("weight", start.Weight, 0, 100),
            Clip = fields.Number("clip", start.Clip, 1, 1000, aboveLow: true),
            Quantile = fields.Number("quantile", start.Quantile, 0, .9999, aboveLow: true),
            UsesTanh =
                fields.Choice("bettors", start.UsesTanh ? Bettors.LinearAndTanh
                    : Bettors.Linear) == Bettors.LinearAndTanh,
            DryRun = fields.Flag("dryRun", start.DryRun),
            Action = fields.Choice("action", start.Action),
            Statistic = fields.Choice("statistic", start.Statistic),
        };
        fields.ReportUnknown();
        return metric.CountsAgainstAlpha && metric.Weight <= 0 ? metric with { Weight = DefaultWeight } : metric;
    }

    private const double DefaultWeight = .05;

    private enum Bettors
    {
        Linear,
        LinearAndTanh,
    }

    private static MetricSpec? Known(string name, AnalysisSpec preset) =>
        preset.Metrics.FirstOrDefault(metric => metric.Name == name) ?? MetricSpec.Named(name);

    private static MetricSpec? Unknown(string name, string path, List<string> problems)
    {
        problems.Add(
            $"{path} is \"{name}\"; one of errors, clientErrors, lat_p50, lat_p90, lat_p99, health, restarts, classes, "
            + "memory, or an object with ratio, histogram, counter and label, or gauge, is expected");
        return null;
    }

    private static MetricSpec? DefaultsOf(string name, MetricSource? source) => source switch
    {
        null => null,
        MetricSource.Ratio =>
            MetricSpec.Named("errors")! with { Name = name, Kind = MetricKind.Ratio, Weight = DefaultWeight },
        MetricSource.Histogram => MetricSpec.Named("lat_p90")! with { Name = name, Weight = DefaultWeight },
        MetricSource.Classes => MetricSpec.Named("classes")! with { Name = name },
        MetricSource.Gauge => MetricSpec.Named("memory")! with { Name = name, Statistic = GaugeStatistic.Level },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A source of one's own decides the kind, also under the name of a default metric.</summary>
    private static MetricKind? KindOf(MetricSource? source) => source switch
    {
        null => null,
        MetricSource.Ratio => MetricKind.Ratio,
        MetricSource.Histogram => MetricKind.Latency,
        MetricSource.Classes => MetricKind.Classes,
        MetricSource.Gauge => MetricKind.Gauge,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static MetricSource? ReadSource(FieldReader fields, List<string> problems)
    {
        if (fields.Take("ratio") is { } ratio)
        {
            var parts = new FieldReader(ratio, fields.Qualified("ratio"), problems);
            var bad = ReadSelector(parts, "bad", problems);
            var total = ReadSelector(parts, "total", problems);
            parts.ReportUnknown();
            return bad is null || total is null ? null : new MetricSource.Ratio(bad, total);
        }

        if (fields.Text("histogram", null) is { } histogram)
        {
            return new MetricSource.Histogram(histogram);
        }

        var counter = fields.Text("counter", null);
        var label = fields.Text("label", null);
        if (counter is not null && label is not null)
        {
            return new MetricSource.Classes(counter, label);
        }

        if (counter is not null || label is not null)
        {
            problems.Add(
                $"{fields.Qualified("counter")} and {fields.Qualified("label")} are given together or not at all");
        }

        return fields.Text("gauge", null) is { } gauge ? new MetricSource.Gauge(gauge) : null;
    }

    private static SeriesSelector? ReadSelector(FieldReader parts, string name, List<string> problems)
    {
        if (parts.Take(name) is not { } json)
        {
            problems.Add($"{parts.Qualified(name)} is missing; an object with metric, and labels if any, is expected");
            return null;
        }

        var fields = new FieldReader(json, parts.Qualified(name), problems);
        var metric = fields.Text("metric", null);
        var labels = ImmutableArray.CreateBuilder<LabelValues>();
        if (fields.Take("labels") is { } map)
        {
            var values = new FieldReader(map, fields.Qualified("labels"), problems);
            foreach (var label in values.Names)
            {
                labels.Add(new LabelValues(label, values.Texts(label, [])));
            }
        }

        fields.ReportUnknown();
        if (metric is null)
        {
            problems.Add($"{fields.Qualified("metric")} is missing; the name of a counter is expected");
            return null;
        }

        return new SeriesSelector(metric, labels.ToImmutable());
    }
}
