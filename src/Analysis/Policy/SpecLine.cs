using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Rollouts.Analysis.Policy;

/// <summary>
/// A spec as one line of JSON: the <c>spec</c> form of journal and replay, with every field that the reader knows, so
/// that it means the same under other presets and later defaults.
/// </summary>
public static class SpecLine
{
    /// <summary>
    /// Writes a line without its line break; <see cref="AnalysisSpec.Parse"/> reads the same spec back.
    /// </summary>
    public static string Write(AnalysisSpec spec)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("kind", "spec");
            json.WriteNumber("alpha", spec.Alpha);
            json.WriteNumber("beta", spec.Beta);
            json.WriteNumber("scrapeIntervalSeconds", spec.ScrapeInterval.TotalSeconds);
            json.WriteNumber("evidenceIntervalSeconds", spec.EvidenceInterval.TotalSeconds);
            json.WriteNumber("warmUpSeconds", spec.WarmUp.TotalSeconds);
            json.WriteNumber("minimumStepSeconds", spec.MinimumStep.TotalSeconds);
            WriteNumberOrNull(json, "deadlineSeconds", spec.Deadline?.TotalSeconds);
            json.WriteNumber("neverReadyAfterSeconds", spec.NeverReadyAfter.TotalSeconds);
            json.WriteNumber("holdPromotionEvidence", spec.HoldPromotionEvidence);
            json.WriteString("onDeadline", spec.OnDeadline.ToString());
            json.WriteStartArray("metrics");
            foreach (var metric in spec.Metrics)
            {
                Write(json, metric);
            }

            json.WriteEndArray();
            json.WriteStartArray("limits");
            foreach (var limit in spec.Limits)
            {
                Write(json, limit);
            }

            json.WriteEndArray();
            if (spec.Profile is { } profile)
            {
                json.WriteString("profile", profile);
            }

            WriteTexts(json, "excludeRoutes", spec.ExcludedRoutes);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void Write(Utf8JsonWriter json, MetricSpec metric)
    {
        json.WriteStartObject();
        json.WriteString("name", metric.Name);
        json.WriteNumber("tolerance", metric.Tolerance);
        json.WriteNumber("gate", metric.Gate);
        WriteNumberOrNull(json, "margin", metric.Margin);
        json.WriteNumber("weight", metric.Weight);
        json.WriteNumber("clip", metric.Clip);
        json.WriteNumber("quantile", metric.Quantile);
        json.WriteString("bettors", metric.UsesTanh ? "LinearAndTanh" : "Linear");
        json.WriteBoolean("dryRun", metric.DryRun);
        json.WriteString("action", metric.Action.ToString());
        json.WriteString("statistic", metric.Statistic.ToString());
        switch (metric.Source)
        {
            case null:
                break;
            case MetricSource.Ratio(var bad, var total):
                json.WriteStartObject("ratio");
                Write(json, "bad", bad);
                Write(json, "total", total);
                json.WriteEndObject();
                break;
            case MetricSource.Histogram(var family):
                json.WriteString("histogram", family);
                break;
            case MetricSource.Classes(var counter, var label):
                json.WriteString("counter", counter);
                json.WriteString("label", label);
                break;
            case MetricSource.Gauge(var name):
                json.WriteString("gauge", name);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string field, SeriesSelector selector)
    {
        json.WriteStartObject(field);
        json.WriteString("metric", selector.Name);
        json.WriteStartObject("labels");
        foreach (var label in selector.Labels)
        {
            WriteTexts(json, label.Label, label.Values);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LimitSpec limit)
    {
        json.WriteStartObject();
        json.WriteString("metric", limit.Metric);
        json.WriteNumber("max", limit.Most);
        json.WriteNumber("minimumRequests", limit.MinimumExposure);
        WriteNumberOrNull(json, "slowerThanSeconds", limit.SlowerThanSeconds);
        json.WriteEndObject();
    }

    private static void WriteNumberOrNull(Utf8JsonWriter json, string field, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(field, number);
        }
        else
        {
            json.WriteNull(field);
        }
    }

    private static void WriteTexts(Utf8JsonWriter json, string field, ImmutableArray<string> texts)
    {
        json.WriteStartArray(field);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
