using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rollouts.Analysis.Profiles;

namespace Rollouts.AnalysisController.Commands.Explain;

/// <summary>An explanation as JSON, for scripts.</summary>
internal static class ExplanationJson
{
    private static readonly JsonWriterOptions Readable = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(Explanation explanation)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            Of(explanation).WriteTo(json);
        }

        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }

    public static JsonObject Of(Explanation explanation) =>
        new()
        {
            ["subject"] = explanation.Subject,
            ["terms"] = explanation.Terms,
            ["complete"] = explanation.IsComplete,
            ["notes"] = Texts(explanation.Notes),
            ["sources"] = new JsonArray([.. explanation.Sources.Select(Of)]),
            ["comparison"] = explanation.Comparison is { } comparison
                ? new JsonObject { ["compatible"] = comparison.IsCompatible, ["words"] = Texts(comparison.Words) }
                : null,
        };

    private static JsonNode Of(SourceExplanation source) =>
        new JsonObject
        {
            ["name"] = source.Name,
            ["arm"] = source.Arm,
            ["target"] = source.Target,
            ["targetFrom"] = source.TargetFrom,
            ["result"] = source.Result,
            ["message"] = source.Message,
            ["reading"] = source.Reading is { } reading ? Of(reading) : null,
        };

    private static JsonObject Of(ScrapeReading reading) =>
        new()
        {
            ["profile"] = reading.Profile.Picked?.Name,
            ["reason"] = reading.Profile.Reason,
            ["requests"] = reading.Profile.Picked?.Requests,
            ["passedOver"] = new JsonArray([.. reading.Profile.Rejected.Select(Of)]),
            ["routes"] = Texts(reading.Requests?.Routes ?? []),
            ["excludedRoutes"] = Texts(reading.Requests?.ExcludedRoutes ?? []),
            ["boundariesSeconds"] = new JsonArray(
                [.. (reading.Requests?.Boundaries ?? []).Select(bound => (JsonNode)bound)]
            ),
            ["metrics"] = new JsonArray([.. reading.Metrics.Select(Of)]),
        };

    private static JsonNode Of(RejectedProfile rejected) =>
        new JsonObject
        {
            ["profile"] = rejected.Name,
            ["seen"] = rejected.Seen,
            ["why"] = rejected.Why,
        };

    private static JsonNode Of(MetricFinding metric) =>
        new JsonObject
        {
            ["metric"] = metric.Metric,
            ["found"] = metric.IsFound,
            ["reads"] = metric.Words,
        };

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
