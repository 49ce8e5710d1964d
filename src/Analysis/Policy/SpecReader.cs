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
    private const int MostLimits = 16;
    private const int MostMetricLength = 63;
    private const int MostRoutes = 64;

    public static AnalysisSpecResult Read(JsonElement json, FieldNotation notation)
    {
        var problems = new List<string>();
        var fields = new FieldReader(json, "", problems, notation);
        var spec = ReadSpec(fields, problems);
        fields.ReportUnknown();
        Check(spec, problems);
        return problems.Count == 0
            ? new AnalysisSpecResult.Valid(spec)
            : new AnalysisSpecResult.Invalid([.. problems]);
    }

    private static AnalysisSpec ReadSpec(FieldReader fields, List<string> problems)
    {
        var isLine = ReadKind(fields);
        if (fields.Notation == FieldNotation.Free)
        {
            // Read by others before or beside us: the policy's name and how pods are reached.
            fields.Take("policy");
            fields.Take("scrape");
        }

        var preset = ReadPreset(fields, problems);
        return preset with
        {
            Alpha = fields.Number("alpha", preset.Alpha, 0, .5, aboveLow: true),
            Beta = fields.Number("beta", preset.Beta, 0, .5, aboveLow: true),
            ScrapeInterval = fields.Seconds("scrapeIntervalSeconds", preset.ScrapeInterval, .5, 300),
            EvidenceInterval = fields.Seconds("evidenceIntervalSeconds", preset.EvidenceInterval, 1, 600),
            WarmUp = fields.Seconds("warmUpSeconds", preset.WarmUp, 0, 3600),
            MinimumStep = fields.Seconds("minimumStepSeconds", preset.MinimumStep, 0, DaySeconds),
            Deadline = fields.SecondsOrNull("deadlineSeconds", preset.Deadline, 10, 30 * DaySeconds),
            NeverReadyAfter = fields.Seconds("neverReadyAfterSeconds", preset.NeverReadyAfter, 10, DaySeconds),
            HoldPromotionEvidence = fields.Number("holdPromotionEvidence", preset.HoldPromotionEvidence, 1, 1e6),
            OnDeadline = fields.Choice("onDeadline", preset.OnDeadline),
            Metrics = ReadMetrics(fields, preset, new MetricReader(preset, mayBeIdle: isLine, problems), problems),
            Limits = ReadLimits(fields, preset, problems),
            Profile = ReadProfile(fields, preset, problems),
            ExcludedRoutes = fields.Texts("excludeRoutes", preset.ExcludedRoutes, 0, MostRoutes),
        };
    }

    /// <summary>Whether it is a line of a journal, or of what replay reads.</summary>
    private static bool ReadKind(FieldReader fields)
    {
        const string Line = "spec";
        if (fields.Notation == FieldNotation.Schema || fields.Take("kind") is not { } kind)
        {
            return false;
        }

        var isLine = kind.ValueKind == JsonValueKind.String && kind.GetString() == Line;
        if (!isLine)
        {
            fields.Problem("kind", kind, $"\"{Line}\", or nothing,");
        }

        return isLine;
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
        FieldReader fields, AnalysisSpec preset, MetricReader reader, List<string> problems)
    {
        if (fields.Take("metrics") is not { } json)
        {
            return preset.Metrics;
        }

        switch (json.ValueKind)
        {
            case JsonValueKind.Array:
                CheckCount(json.GetArrayLength(), problems);
                return [.. json.EnumerateArray().Select((item, index) =>
                    reader.Read(
                        item, string.Create(CultureInfo.InvariantCulture, $"metrics[{index}]"), fields.Notation))
                    .OfType<MetricSpec>()];
            case JsonValueKind.Object when fields.Notation == FieldNotation.Free:
                var metrics = preset.Metrics.ToBuilder();
                foreach (var field in json.EnumerateObject())
                {
                    if (reader.ReadNamed(field.Name, field.Value, $"metrics.{field.Name}", fields.Notation)
                        is not { } metric)
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

                CheckCount(metrics.Count, problems);
                return metrics.ToImmutable();
            case JsonValueKind.Undefined or JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True
                or JsonValueKind.False or JsonValueKind.Null or JsonValueKind.Object:
            default:
                fields.Problem("metrics", json, fields.Notation == FieldNotation.Free
                    ? "a list of names or objects, or an object by name,"
                    : "a list of objects with a name");
                return preset.Metrics;
        }
    }

    private static void CheckCount(int metrics, List<string> problems)
    {
        if (metrics is < 1 or > MostMetrics)
        {
            problems.Add(
                FormattableString.Invariant($"metrics has {metrics} entries; 1 to {MostMetrics} are expected"));
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
            var limit = new FieldReader(item, PathOf(limits.Count), problems, fields.Notation);
            if (!limit.Has("metric") || !limit.Has("max"))
            {
                problems.Add($"{limit.Path} needs metric and max");
            }

            limits.Add(new LimitSpec(
                limit.Text("metric", null, MostMetricLength) ?? "",
                limit.Number("max", 0, 0, 1),
                limit.Count("minimumRequests", 500, 1, 1e12),
                limit.NumberOrNull("slowerThanSeconds", null, 0, DaySeconds, aboveLow: true)));
            limit.ReportUnknown();
        }

        if (limits.Count > MostLimits)
        {
            problems.Add(FormattableString.Invariant(
                $"limits has {limits.Count} entries; at most {MostLimits} are expected"));
        }

        return limits.ToImmutable();
    }

    private static string PathOf(int limit) =>
        string.Create(CultureInfo.InvariantCulture, $"limits[{limit}]");

    private static void Check(AnalysisSpec spec, List<string> problems)
    {
        var least = (spec.ScrapeInterval / 4).TotalSeconds;
        if (spec.EvidenceInterval.TotalSeconds < least)
        {
            problems.Add(FormattableString.Invariant(
                $"evidenceIntervalSeconds is {spec.EvidenceInterval.TotalSeconds}; at least {least} is expected, ")
                + FormattableString.Invariant(
                    $"a quarter of scrapeIntervalSeconds, which is {spec.ScrapeInterval.TotalSeconds}"));
        }

        if (spec.Metrics.Count(metric => metric.Kind == MetricKind.Classes) > 1)
        {
            problems.Add("metrics names more than one metric of classes; one is possible");
        }

        foreach (var twice in spec.Metrics.GroupBy(metric => metric.Name).Where(group => group.Count() > 1))
        {
            problems.Add($"metrics names {twice.Key} twice");
        }

        foreach (var (limit, index) in spec.Limits.Select((limit, index) => (limit, index)))
        {
            CheckLimit(limit, PathOf(index), spec.Metrics.FirstOrDefault(one => one.Name == limit.Metric), problems);
        }
    }

    /// <summary>
    /// A limit that is met can pass a canary that nothing else compares, so that it is one on requests.
    /// </summary>
    private static void CheckLimit(LimitSpec limit, string path, MetricSpec? metric, List<string> problems)
    {
        if (limit.Metric.Length == 0)
        {
            return;
        }

        if (metric is null
            || metric.Kind is MetricKind.Gauge or MetricKind.Classes or MetricKind.Health or MetricKind.Restarts)
        {
            problems.Add(
                $"{path}.metric is \"{limit.Metric}\"; a ratio of requests or a latency that this spec judges is "
                + "expected");
        }
        else if (limit.SlowerThanSeconds is { } seconds && metric.Kind != MetricKind.Latency)
        {
            problems.Add(FormattableString.Invariant(
                $"{path}.slowerThanSeconds is {seconds}; it has no effect on {limit.Metric}, which is no latency"));
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
