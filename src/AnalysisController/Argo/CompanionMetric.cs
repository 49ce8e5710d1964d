using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Argo;

/// <summary>The metric of an AnalysisRun that is ours to judge, found by its provider.</summary>
/// <param name="Name">The only <c>metricResults</c> name that we may ever write.</param>
/// <param name="Template">What the provider says of how to judge, arguments not yet put in.</param>
internal sealed record CompanionMetric(string Name, VerdictRoute Route, JsonElement Template)
{
    /// <summary>The key under <c>provider.plugin</c> by which a template asks for us.</summary>
    public const string PluginName = "rollouts-companion.io/canary";

    /// <summary>Go's default of <c>consecutiveErrorLimit</c> (argo-rollouts utils/defaults/defaults.go).</summary>
    private const int DefaultConsecutiveErrorLimit = 4;

    public int FailureLimit { get; private init; }

    public int InconclusiveLimit { get; private init; }

    public int ConsecutiveErrorLimit { get; private init; }

    public bool DryRun { get; private init; }

    /// <summary>Further metrics that name our provider: one can be judged, so they make the spec invalid.</summary>
    public ImmutableArray<string> Others { get; private init; } = [];

    /// <summary>Null when the run has no metric of ours.</summary>
    public static CompanionMetric? Find(AnalysisRun run)
    {
        var ours = (
            from metric in run.Spec.Metrics
            let asked = AskedBy(run, metric.Provider)
            where asked is not null
            select (Metric: metric, asked.Value.Route, asked.Value.Template)
        ).ToList();
        return ours is not [var first, .. var others]
            ? null
            : new CompanionMetric(first.Metric.Name, first.Route, first.Template)
            {
                FailureLimit = Limit(first.Metric.FailureLimit, 0),
                InconclusiveLimit = Limit(first.Metric.InconclusiveLimit, 0),
                ConsecutiveErrorLimit = Limit(first.Metric.ConsecutiveErrorLimit, DefaultConsecutiveErrorLimit),
                DryRun = IsDryRun(run, first.Metric.Name),
                Others = [.. others.Select(other => other.Metric.Name)],
            };
    }

    /// <summary>What the template says of how to judge, with the run's arguments put in.</summary>
    /// <exception cref="FormatException">The body cannot be used; the message says why.</exception>
    public JsonElement Body(AnalysisRun run)
    {
        if (Others is [var other, ..])
        {
            throw new FormatException($"metrics {Name} and {other} both ask the companion; one metric of a run may");
        }

        var text = Template.GetRawText();
        foreach (var argument in run.Spec.Args)
        {
            if (argument.Value is { } value)
            {
                var escaped = JsonEncodedText.Encode(value).ToString();
                text = Regex.Replace(
                    text,
                    $@"\{{\{{\s*args\.{Regex.Escape(argument.Name)}\s*\}}\}}",
                    _ => escaped,
                    RegexOptions.CultureInvariant
                );
            }
        }

        try
        {
            var body = JsonElement.Parse(text);
            return Route == VerdictRoute.Pull ? VerdictQuery.Body(body.GetString()!) : body;
        }
        catch (JsonException e)
        {
            throw new FormatException($"provider.plugin[{PluginName}]: {e.Message}", e);
        }
    }

    private static (VerdictRoute Route, JsonElement Template)? AskedBy(AnalysisRun run, AnalysisProvider provider)
    {
        if (provider.Plugin?.TryGetValue(PluginName, out var body) == true)
        {
            return (run.IsReport ? VerdictRoute.Direct : VerdictRoute.Push, body);
        }

        return provider.Web is { Url: var url } && VerdictQuery.IsOurs(url)
            ? (VerdictRoute.Pull, JsonSerializer.SerializeToElement(url, VerdictQueryJson.Default.String))
            : null;
    }

    /// <summary>
    /// Argo matches <c>spec.dryRun[].metricName</c> as an unanchored regular expression (utils/analysis/helpers.go).
    /// </summary>
    private static bool IsDryRun(AnalysisRun run, string metric)
    {
        foreach (var rule in run.Spec.DryRun)
        {
            try
            {
                if (
                    Regex.IsMatch(metric, rule.MetricName, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)
                )
                {
                    return true;
                }
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                // Argo itself ends a run with an expression that Go does not compile in Error; nothing is left to us.
            }
        }

        return false;
    }

    private static int Limit(JsonElement? value, int fallback) =>
        value switch
        {
            { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var limit) => limit,
            { ValueKind: JsonValueKind.String } text
                when int.TryParse(
                    text.GetString(),
                    NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture,
                    out var limit
                ) => limit,
            _ => fallback,
        };
}
