using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Runs;

/// <summary>
/// What Argo refuses in the metrics of a run (utils/analysis/factory.go:130-263, v1.10), and the providers that this
/// stand-in does not play. A plugin is valid whether or not it is configured.
/// </summary>
internal static class MetricValidation
{
    public static string? Problem(IReadOnlyList<MetricSpec> metrics)
    {
        if (metrics.Count == 0)
            return "no metrics specified";
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < metrics.Count; i++)
        {
            if (!names.Add(metrics[i].Name))
                return $"metrics[{i}]: duplicate name '{metrics[i].Name}'";
            if (Problem(metrics[i]) is { } problem)
                return $"metrics[{i}]: {problem}";
        }
        return null;
    }

    /// <summary>The metrics whose names match a rule of <paramref name="rules"/> as unanchored patterns.</summary>
    /// <param name="rules">The rules by metric name; the first that matches wins.</param>
    public static Resolved<Dictionary<string, JsonObject>> Matching(
        JsonObject run, string rules, IReadOnlyList<MetricSpec> metrics)
    {
        var matches = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        var items = run.Items("spec", rules);
        for (var i = 0; i < items.Count; i++)
        {
            var pattern = items[i].Text("metricName") ?? "";
            if (GoPattern.IsMatch("", pattern) is null)
                return new(null, $"{rules}[{i}]: error parsing regexp: {pattern}");
            var matching = metrics.Where(metric => GoPattern.IsMatch(metric.Name, pattern) == true).ToList();
            if (matching.Count == 0)
                return new(null, $"{rules}[{i}]: Rule didn't match any metric name(s)");
            foreach (var metric in matching)
                matches[metric.Name] = items[i];
        }
        return new(matches, null);
    }

    private static string? Problem(MetricSpec metric)
    {
        var count = metric.Json.Int("count") ?? 0;
        if (count > 0 && count < metric.FailureLimit)
            return "count must be >= failureLimit";
        if (count > 0 && count < metric.InconclusiveLimit)
            return "count must be >= inconclusiveLimit";
        if (count > 1 && string.IsNullOrEmpty(metric.Json.Text("interval")))
            return "interval must be specified when count > 1";
        if (metric.Json.Text("interval") is { Length: > 0 } interval && metric.Interval is null)
            return $"invalid interval string: time: invalid duration \"{interval}\"";
        if (metric.Json.Text("initialDelay") is { Length: > 0 } delay && metric.InitialDelay is null)
            return $"invalid startDelay string: time: invalid duration \"{delay}\"";
        if (metric.InconclusiveLimit < 0)
            return "inconclusiveLimit must be >= 0";
        if (metric.ConsecutiveErrorLimit < 0)
            return "consecutiveErrorLimit must be >= 0";
        return ProviderProblem(metric.Json.Object("provider") ?? []);
    }

    private static string? ProviderProblem(JsonObject provider)
    {
        var kinds = provider.Where(kind => kind.Value is not null).ToList();
        var providers = kinds.Sum(kind => kind.Key == "plugin" ? (kind.Value as JsonObject)?.Count ?? 0 : 1);
        if (providers == 0)
            return "no provider specified";
        if (providers > 1)
            return "multiple providers specified";
        return kinds[0].Key is "plugin" or "web"
            ? null
            : $"the local cluster performs web and plugin metrics only, not {kinds[0].Key}";
    }
}
