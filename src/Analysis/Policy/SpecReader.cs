using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

using Rollouts.Analysis.Profiles;

namespace Rollouts.Analysis.Policy;

/// <summary>JSON to <see cref="AnalysisSpec"/>; the only place where a spec is validated.</summary>
internal static class SpecReader
{
    private const double DaySeconds = 86_400;
    private const int MostMetrics = 16;

    public static AnalysisSpecResult Read(JsonElement json)
    {
        var problems = new List<string>();
        var fields = new FieldReader(json, "", problems);
        var spec = ReadSpec(fields, problems);
        fields.ReportUnknown();
        Check(spec, problems);
        return problems.Count == 0
            ? new AnalysisSpecResult.Valid(spec)
            : new AnalysisSpecResult.Invalid([.. problems]);
    }

    private static AnalysisSpec ReadSpec(FieldReader fields, List<string> problems)
    {
        // Read by others before or beside us: the journal's line kind, the policy's name and how pods are reached.
        fields.Take("kind");
        fields.Take("policy");
        var preset = ReadPreset(fields, problems);
        fields.Take("scrape");
        return preset with
        {
            Alpha = fields.Number("alpha", preset.Alpha, 0, .5, aboveLow: true),
            Beta = fields.Number("beta", preset.Beta, 0, .5, aboveLow: true),
            ScrapeInterval = fields.Seconds("scrapeIntervalSeconds", preset.ScrapeInterval, .5, 300),
            EvidenceInterval = fields.Seconds("evidenceIntervalSeconds", preset.EvidenceInterval, 1, 600),
            WarmUp = fields.Seconds("warmUpSeconds", preset.WarmUp, 0, 3600),
            MinimumStep = fields.Seconds("minimumStepSeconds", preset.MinimumStep, 0, DaySeconds),
            Deadline =
                fields.NumberOrNull(
                    "deadlineSeconds", preset.Deadline?.TotalSeconds, 10, 30 * DaySeconds) is { } seconds
                ? TimeSpan.FromSeconds(seconds)
                : null,
            NeverReadyAfter = fields.Seconds("neverReadyAfterSeconds", preset.NeverReadyAfter, 10, DaySeconds),
            HoldPromotionEvidence = fields.Number("holdPromotionEvidence", preset.HoldPromotionEvidence, 1, 1e6),
            OnDeadline = fields.Choice("onDeadline", preset.OnDeadline),
            Metrics = ReadMetrics(fields, preset, problems),
            Limits = ReadLimits(fields, preset, problems),
            Profile = ReadProfile(fields, preset, problems),
            ExcludedRoutes = fields.Texts("excludeRoutes", preset.ExcludedRoutes),
        };
    }

    private static string? ReadProfile(FieldReader fields, AnalysisSpec preset, List<string> problems)
    {
        var name = fields.Text("profile", preset.Profile);
        if (name is not null && !ProfileTable.Names.Contains(name))
        {
            problems.Add($"profile is \"{name}\"; one of {string.Join(", ", ProfileTable.Names)} is expected");
        }

        return name;
    }

    private static AnalysisSpec ReadPreset(FieldReader fields, List<string> problems)
    {
        var name = fields.Text("preset", "default")!;
        if (Presets.Named(name) is { } preset)
        {
            return preset;
        }

        problems.Add($"preset is \"{name}\"; one of {string.Join(", ", Presets.Names)} is expected");
        return Presets.Default;
    }

    /// <summary>A list is exactly the metrics to judge; an object changes or adds to the preset's.</summary>
    private static ImmutableArray<MetricSpec> ReadMetrics(
        FieldReader fields, AnalysisSpec preset, List<string> problems)
    {
        if (fields.Take("metrics") is not { } json)
        {
            return preset.Metrics;
        }

        switch (json.ValueKind)
        {
            case JsonValueKind.Array:
                return [.. json.EnumerateArray().Select((item, index) =>
                    MetricReader.Read(
                        item, string.Create(CultureInfo.InvariantCulture, $"metrics[{index}]"), preset, problems))
                    .OfType<MetricSpec>()];
            case JsonValueKind.Object:
                var metrics = preset.Metrics.ToBuilder();
                foreach (var field in json.EnumerateObject())
                {
                    if (MetricReader.ReadNamed(
                        field.Name, field.Value, $"metrics.{field.Name}", preset, problems) is not { } metric)
                    {
                        continue;
                    }

                    var known = metrics.ToImmutable().FindIndex(candidate => candidate.Name == field.Name);
                    metrics.Insert(known < 0 ? metrics.Count : known, metric);
                    if (known >= 0)
                    {
                        metrics.RemoveAt(known + 1);
                    }
                }

                return metrics.ToImmutable();
            case JsonValueKind.Undefined or JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True
                or JsonValueKind.False or JsonValueKind.Null:
            default:
                fields.Problem("metrics", json, "a list of names or objects, or an object by name");
                return preset.Metrics;
        }
    }

    private static ImmutableArray<LimitSpec> ReadLimits(FieldReader fields, AnalysisSpec preset, List<string> problems)
    {
        if (fields.Take("limits") is not { } json)
        {
            return preset.Limits;
        }

        if (json.ValueKind != JsonValueKind.Array)
        {
            fields.Problem("limits", json, "a list of objects with metric, max and minimumRequests");
            return preset.Limits;
        }

        var limits = ImmutableArray.CreateBuilder<LimitSpec>();
        foreach (var item in json.EnumerateArray())
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"limits[{limits.Count}]");
            var limit = new FieldReader(item, path, problems);
            var hasMost = limit.Has("max");
            var metric = limit.Text("metric", null);
            var read = new LimitSpec(
                metric ?? "",
                limit.Number("max", 0, 0, 1),
                limit.Number("minimumRequests", 500, 1, 1e12),
                limit.NumberOrNull("slowerThanSeconds", null, 0, DaySeconds, aboveLow: true));
            limit.ReportUnknown();
            if (metric is null || !hasMost)
            {
                problems.Add($"{path} needs metric and max");
            }

            limits.Add(read);
        }

        return limits.ToImmutable();
    }

    private static void Check(AnalysisSpec spec, List<string> problems)
    {
        var least = (spec.ScrapeInterval / 4).TotalSeconds;
        if (spec.EvidenceInterval.TotalSeconds < least)
        {
            problems.Add(FormattableString.Invariant(
                $"evidenceIntervalSeconds is {spec.EvidenceInterval.TotalSeconds}; at least {least} is expected"));
        }

        if (spec.Metrics.Length is < 1 or > MostMetrics)
        {
            problems.Add(
                FormattableString.Invariant(
                    $"metrics has {spec.Metrics.Length} entries; 1 to {MostMetrics} are expected"));
        }

        if (spec.Metrics.Count(metric => metric.Kind == MetricKind.Classes) > 1)
        {
            problems.Add("metrics names more than one metric of classes; one is possible");
        }

        foreach (var twice in spec.Metrics.GroupBy(metric => metric.Name).Where(group => group.Count() > 1))
        {
            problems.Add($"metrics names {twice.Key} twice");
        }

        foreach (var limit in spec.Limits)
        {
            if (limit.Metric.Length > 0 && spec.Metrics.All(metric => metric.Name != limit.Metric
                || metric.Kind is MetricKind.Gauge or MetricKind.Classes))
            {
                problems.Add($"limits names {limit.Metric}, which is not a ratio metric of this spec");
            }
        }
    }

    private static int FindIndex(this ImmutableArray<MetricSpec> metrics, Predicate<MetricSpec> match)
    {
        for (var i = 0; i < metrics.Length; i++)
        {
            if (match(metrics[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
