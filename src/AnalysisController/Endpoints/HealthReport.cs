using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Rollouts.AnalysisController.Endpoints;

/// <summary>The three words of health+json, from good to bad.</summary>
internal enum HealthStatus
{
    Pass,

    /// <summary>Works, and somebody should look.</summary>
    Warn,

    Fail,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">component:measurement, as health+json wants it.</param>
/// <param name="ComponentType">system or component.</param>
/// <param name="Value">What was seen; null where there is nothing to see.</param>
/// <param name="Output">What is wrong; empty when nothing is.</param>
internal sealed record HealthCheck(
    string Name, string ComponentType, HealthStatus Status, JsonValue? Value, string Unit, string Output);

/// <summary>
/// What /health says, in the three forms that are asked for.
/// Source: draft-inadarei-api-health-check-06 §3 and §4.
/// </summary>
internal sealed record HealthReport(IReadOnlyList<HealthCheck> Checks, IReadOnlyList<string> Notes, DateTimeOffset At)
{
    private const string ServiceId = "analysis-controller";

    public HealthStatus Status => Checks.Max(check => check.Status);

    public static string Version =>
        typeof(HealthReport).Assembly.GetName().Version?.ToString(fieldCount: 3) ?? "unknown";

    public string ToJson()
    {
        var checks = new JsonObject();
        foreach (var check in Checks)
        {
            var entry = new JsonObject { ["componentType"] = check.ComponentType, ["status"] = WordOf(check.Status) };
            if (check.Value is { } value)
            {
                entry["observedValue"] = value.DeepClone();
            }

            if (check.Unit.Length > 0)
            {
                entry["observedUnit"] = check.Unit;
            }

            if (check.Output.Length > 0)
            {
                entry["output"] = check.Output;
            }

            entry["time"] = At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            checks[check.Name] = new JsonArray((JsonNode)entry);
        }

        return new JsonObject
        {
            ["status"] = WordOf(Status),
            ["version"] = Version,
            ["releaseId"] = Version,
            ["serviceId"] = ServiceId,
            ["description"] = "Canary analysis companion for Argo Rollouts",
            ["notes"] = new JsonArray([.. Notes.Select(note => (JsonNode)JsonValue.Create(note)!)]),
            ["checks"] = checks,
            ["links"] = new JsonObject { ["self"] = "/health", ["metrics"] = "/metrics" },
        }.ToJsonString();
    }

    public string ToLine()
    {
        var wrong = Checks.Where(check => check.Output.Length > 0).Select(check => $"{check.Name}: {check.Output}");
        return string.Join("; ", [WordOf(Status), .. wrong]) + "\n";
    }

    public string ToPage()
    {
        var rows = new StringBuilder();
        foreach (var check in Checks)
        {
            var shown = $"{check.Value} {check.Unit}".Trim();
            rows.Append("<tr>");
            foreach (var cell in (string[])[check.Name, WordOf(check.Status), shown, check.Output])
            {
                rows.Append("<td>").Append(WebUtility.HtmlEncode(cell)).Append("</td>");
            }

            rows.Append("</tr>\n");
        }

        return $"""
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><title>{ServiceId}: {WordOf(Status)}</title>
            <h1>{ServiceId} {Version}: {WordOf(Status)}</h1>
            <p>{WebUtility.HtmlEncode(string.Join("; ", Notes))}</p>
            <table><tr><th>check</th><th>status</th><th>seen</th><th>what is wrong</th></tr>
            {rows}</table>
            <p><a href="/metrics">metrics</a></p></html>

            """;
    }

    public static string WordOf(HealthStatus status) => status switch
    {
        HealthStatus.Pass => "pass",
        HealthStatus.Warn => "warn",
        HealthStatus.Fail => "fail",
    };
}
