using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Runs;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>The templates that a Rollout may name; how several become one (utils/analysis/helpers.go, v1.10).</summary>
internal sealed class AnalysisTemplates(IReadOnlyList<JsonObject> namespaced, IReadOnlyList<JsonObject> cluster)
{
    public static AnalysisTemplates Gather(ClusterObjects objects, string @namespace, InstanceId instance) => new(
        [.. objects.List(ArgoNames.AnalysisTemplates, @namespace).Where(instance.Owns)],
        [.. objects.List(ArgoNames.ClusterAnalysisTemplates).Where(instance.Owns)]);

    /// <summary>One spec of metrics, args, dryRun and measurementRetention out of all that are referred to.</summary>
    public Resolved<JsonObject> Merge(IReadOnlyList<JsonObject> references)
    {
        var found = new List<JsonObject>();
        if (Collect(references, found) is { } missing)
            return new(null, missing);
        var metrics = new JsonArray();
        var spec = new JsonObject { ["metrics"] = metrics };
        foreach (var metric in found.SelectMany(template => template.Items("spec", "metrics")))
        {
            if (metrics.Any(other => other.Text("name") == metric.Text("name")))
                return new(null, $"two metrics have the same name '{metric.Text("name")}'");
            metrics.Add(metric.DeepClone());
        }
        if (MergeArguments(found, spec) is { } conflict)
            return new(null, conflict);
        Concatenate(found, spec, "dryRun");
        Concatenate(found, spec, "measurementRetention");
        return new(spec, null);
    }

    private string? Collect(IReadOnlyList<JsonObject> references, List<JsonObject> found)
    {
        foreach (var reference in references)
        {
            var name = reference.Text("templateName");
            var isCluster = reference.Flag("clusterScope");
            var template = (isCluster ? cluster : namespaced)
                .FirstOrDefault(item => item.Text("metadata", "name") == name);
            if (template is null)
                return $"{(isCluster ? "ClusterAnalysisTemplate" : "AnalysisTemplate")} '{name}' not found";
            if (found.Contains(template))
                continue;
            found.Add(template);
            if (Collect(template.Items("spec", "templates"), found) is { } missing)
                return missing;
        }
        return null;
    }

    private static string? MergeArguments(List<JsonObject> templates, JsonObject spec)
    {
        var merged = new List<JsonObject>();
        foreach (var argument in templates.SelectMany(template => template.Items("spec", "args")))
        {
            var index = merged.FindIndex(other => other.Text("name") == argument.Text("name"));
            if (index < 0)
            {
                merged.Add((JsonObject)argument.DeepClone());
            }
            else if (merged[index].Text("value") is not { } first)
            {
                merged[index] = (JsonObject)argument.DeepClone();
            }
            else if (argument.Text("value") is { } second && first != second)
            {
                return $"Argument `{argument.Text("name")}` specified multiple times with different values: "
                    + $"'{first}', '{second}'";
            }
        }
        if (merged.Count > 0)
            spec["args"] = new JsonArray([.. merged]);
        return null;
    }

    private static void Concatenate(List<JsonObject> templates, JsonObject spec, string field)
    {
        var items = templates.SelectMany(template => template.Items("spec", field)).Select(item => item.DeepClone());
        var list = new JsonArray([.. items]);
        if (list.Count > 0)
            spec[field] = list;
    }
}
