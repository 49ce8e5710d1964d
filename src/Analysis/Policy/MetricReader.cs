using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Rollouts.Analysis.Policy;

/// <summary>One entry of <c>metrics</c>: a name, or an object with what differs from that name's defaults.</summary>
/// <param name="preset">Whose metrics the names stand for.</param>
/// <param name="mayBeIdle">
/// A journal's line has every field of every metric; everywhere else one that has no effect is a mistake.
/// </param>
internal sealed class MetricReader(AnalysisSpec preset, bool mayBeIdle, List<string> problems)
{
    public MetricSpec? Read(JsonElement json, string path, FieldNotation notation)
    {
        if (json.ValueKind == JsonValueKind.String && notation == FieldNotation.Free)
        {
            return Known(json.GetString()!) ?? Unknown(json.GetString()!, path);
        }

        if (json.ValueKind == JsonValueKind.Object
            && json.TryGetProperty("name", out var name)
            && name.ValueKind == JsonValueKind.String
            && name.GetString() is { Length: > 0 } text)
        {
            return ReadNamed(text, json, path, notation);
        }

        problems.Add($"{path} is {json.GetRawText()}; {(notation == FieldNotation.Free
            ? "a metric's name, or an object with a name," : "an object with a name")} is expected");
        return null;
    }

    public MetricSpec? ReadNamed(string name, JsonElement json, string path, FieldNotation notation)
    {
        var fields = new FieldReader(json, path, problems, notation);
        fields.Take("name");
        if (name.EnumerateRunes().Count() > MostNameLength)
        {
            problems.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{path} is named \"{name}\"; at most {MostNameLength} characters are expected"));
        }

        var hasSource = Sources.Any(fields.Has);
        var source = ReadSource(fields);
        ImmutableArray<KeyValuePair<string, string>> given =
            [.. fields.Names.Where(fields.Has).Where(Settings.Contains).Select(field =>
                KeyValuePair.Create(field, fields.Shown(field)!))];
        var start = Known(name) ?? DefaultsOf(name, source);
        if (start is null)
        {
            return hasSource ? null : Unknown(name, path);
        }

        CheckSource(start, source, fields);
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
        problems.AddRange(mayBeIdle ? [] : MetricEffects.Problems(metric, fields, given));
        return metric.CountsAgainstAlpha && metric.Weight <= 0 ? metric with { Weight = DefaultWeight } : metric;
    }

    private const double DefaultWeight = .05;
    private const int MostNameLength = 63;
    private const int MostLabels = 16;
    private const int MostLabelValues = 64;

    private static readonly ImmutableArray<string> Settings =
    [
        "tolerance", "gate", "margin", "weight", "clip", "quantile", "bettors", "dryRun", "action", "statistic",
    ];

    private static readonly ImmutableArray<string> Sources = ["ratio", "histogram", "counter", "gauge"];

    private enum Bettors
    {
        Linear,
        LinearAndTanh,
    }

    private MetricSpec? Known(string name) =>
        preset.Metrics.FirstOrDefault(metric => metric.Name == name) ?? MetricSpec.Named(name);

    private MetricSpec? Unknown(string name, string path)
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

    /// <summary>A known name keeps its kind, whoever counts: otherwise it had the settings of another.</summary>
    private void CheckSource(MetricSpec start, MetricSource? source, FieldReader fields)
    {
        var (fits, wanted) = start.Kind switch
        {
            MetricKind.Errors or MetricKind.ClientErrors or MetricKind.Health or MetricKind.Restarts
                or MetricKind.Ratio => (source is MetricSource.Ratio, "ratio"),
            MetricKind.Latency => (source is MetricSource.Histogram, "histogram"),
            MetricKind.Classes => (source is MetricSource.Classes, "counter and label"),
            MetricKind.Gauge => (source is MetricSource.Gauge, "gauge"),
        };
        if (source is not null && !fits)
        {
            problems.Add(
                $"{fields.Qualified(FieldOf(source))} is the source of {start.Name}; {wanted} is expected, or a "
                + "name of your own");
        }
    }

    private static string FieldOf(MetricSource source) => source switch
    {
        MetricSource.Ratio => "ratio",
        MetricSource.Histogram => "histogram",
        MetricSource.Classes => "counter",
        MetricSource.Gauge => "gauge",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static MetricKind? KindOf(MetricSource? source) => source switch
    {
        null => null,
        MetricSource.Ratio => MetricKind.Ratio,
        MetricSource.Histogram => MetricKind.Latency,
        MetricSource.Classes => MetricKind.Classes,
        MetricSource.Gauge => MetricKind.Gauge,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private MetricSource? ReadSource(FieldReader fields)
    {
        string[] given = [.. Sources.Where(fields.Has)];
        if (given.Length > 1)
        {
            problems.Add($"{string.Join(" and ", given.Select(fields.Qualified))} are given; at most one of "
                + $"{string.Join(", ", Sources)} is expected");
        }

        var ratio = fields.Take("ratio") is { } json ? ReadRatio(fields.Inner(json, "ratio")) : null;
        var histogram = fields.Text("histogram", null);
        var hasBoth = fields.Has("counter") == fields.Has("label");
        var counter = fields.Text("counter", null);
        var label = fields.Text("label", null);
        var gauge = fields.Text("gauge", null);
        if (!hasBoth)
        {
            problems.Add(
                $"{fields.Qualified("counter")} and {fields.Qualified("label")} are given together or not at all");
        }

        return ratio
            ?? (histogram is not null ? new MetricSource.Histogram(histogram)
            : counter is not null && label is not null ? new MetricSource.Classes(counter, label)
            : gauge is not null ? new MetricSource.Gauge(gauge)
            : (MetricSource?)null);
    }

    private MetricSource.Ratio? ReadRatio(FieldReader parts)
    {
        if (!parts.IsObject)
        {
            return null;
        }

        var bad = ReadSelector(parts, "bad");
        var total = ReadSelector(parts, "total");
        parts.ReportUnknown();
        return bad is null || total is null ? null : new MetricSource.Ratio(bad, total);
    }

    private SeriesSelector? ReadSelector(FieldReader parts, string name)
    {
        if (parts.Take(name) is not { } json)
        {
            problems.Add($"{parts.Qualified(name)} is missing; an object with metric, and labels if any, is expected");
            return null;
        }

        var fields = parts.Inner(json, name);
        var isThere = fields.Has("metric");
        var metric = fields.Text("metric", null);
        var labels = fields.Take("labels") is { } map ? ReadLabels(fields.Inner(map, "labels")) : [];
        fields.ReportUnknown();
        if (!isThere && fields.IsObject)
        {
            problems.Add($"{fields.Qualified("metric")} is missing; the name of a counter is expected");
        }

        return metric is null ? null : new SeriesSelector(metric, labels);
    }

    private ImmutableArray<LabelValues> ReadLabels(FieldReader values)
    {
        var labels = ImmutableArray.CreateBuilder<LabelValues>();
        foreach (var label in values.Names)
        {
            if (values.Texts(label, [], 1, MostLabelValues) is { IsEmpty: false } accepted)
            {
                labels.Add(new LabelValues(label, accepted));
            }
        }

        if (labels.Count > MostLabels)
        {
            problems.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{values.Path} has {labels.Count} labels; at most {MostLabels} are expected"));
        }

        return labels.ToImmutable();
    }
}
