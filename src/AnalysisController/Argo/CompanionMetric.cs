using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Argo;

/// <summary>The metric of an AnalysisRun that is ours to judge, found by its provider.</summary>
/// <param name="Name">The only <c>metricResults</c> name that we may ever write.</param>
/// <param name="Plugin">The body under the plugin's name as the template has it, arguments not yet put in.</param>
internal sealed record CompanionMetric(string Name, JsonElement Plugin)
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
        var ours = run.Spec.Metrics.Where(metric => metric.Provider.Plugin?.ContainsKey(PluginName) == true).ToList();
        return ours is not [var first, .. var others]
            ? null
            : new CompanionMetric(first.Name, first.Provider.Plugin![PluginName])
            {
                FailureLimit = Limit(first.FailureLimit, 0),
                InconclusiveLimit = Limit(first.InconclusiveLimit, 0),
                ConsecutiveErrorLimit = Limit(first.ConsecutiveErrorLimit, DefaultConsecutiveErrorLimit),
                DryRun = IsDryRun(run, first.Name),
                Others = [.. others.Select(metric => metric.Name)],
            };
    }

    /// <summary>The spec with the run's arguments put in; every problem at once when it is not valid.</summary>
    public AnalysisSpecResult Spec(AnalysisRun run)
    {
        if (Others is [var other, ..])
        {
            return new AnalysisSpecResult.Invalid(
                [$"metrics {Name} and {other} both name provider {PluginName}; one metric of a run may"]
            );
        }

        var text = Plugin.GetRawText();
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
            using var json = JsonDocument.Parse(text);
            return AnalysisSpec.Parse(json.RootElement.Clone());
        }
        catch (JsonException e)
        {
            return new AnalysisSpecResult.Invalid([$"provider.plugin[{PluginName}]: {e.Message}"]);
        }
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
            catch (ArgumentException)
            {
                // Argo itself ends a run with an expression that does not compile in Error; nothing is left to us.
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
