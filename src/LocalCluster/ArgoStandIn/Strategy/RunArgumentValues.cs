using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Runs;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>
/// The arguments that a Rollout hands to an analysis, resolved once, when the run is made
/// (utils/analysis/factory.go:18-48 and 267-304, v1.10).
/// </summary>
internal static partial class RunArgumentValues
{
    /// <param name="given">The args of the analysis in the Rollout.</param>
    /// <param name="declared">The args of the templates: what is not declared is ignored.</param>
    public static Resolved<JsonArray> Resolve(
        IReadOnlyList<JsonObject> given, IReadOnlyList<JsonObject> declared, JsonObject rollout, string stable,
        string latest)
    {
        var arguments = new JsonArray();
        foreach (var declaration in declared)
        {
            var argument = (JsonObject)declaration.DeepClone();
            var name = argument.Text("name") ?? "";
            if (given.FirstOrDefault(item => item.Text("name") == name) is { } supplied)
            {
                var value = Value(supplied, rollout, stable, latest);
                if (value.Problem is not null)
                    return new(null, value.Problem);
                argument["value"] = value.Value;
            }
            if (argument.Text("value") is null && argument.Object("valueFrom") is null)
                return new(null, $"args.{name} was not resolved");
            arguments.Add(argument);
        }
        return new(arguments, null);
    }

    private static Resolved<string> Value(JsonObject argument, JsonObject rollout, string stable, string latest)
    {
        if (argument.Text("valueFrom", "podTemplateHashValue") is { } which)
            return new(which == "Stable" ? stable : latest, null);
        return argument.Text("valueFrom", "fieldRef", "fieldPath") is { } path
            ? Field(rollout, path)
            : new(argument.Text("value") ?? "", null);
    }

    /// <summary>Downward-API syntax below metadata; elsewhere the path is cut at dots and brackets.</summary>
    private static Resolved<string> Field(JsonObject rollout, string path)
    {
        if (MapEntry().Match(path) is { Success: true } entry)
            return new(rollout.Text("metadata", entry.Groups[1].Value, entry.Groups[2].Value) ?? "", null);
        JsonNode? node = rollout;
        foreach (var part in path.Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries))
        {
            node = node switch
            {
                JsonObject map => map[part],
                JsonArray list when int.TryParse(part, out var at) && at >= 0 && at < list.Count => list[at],
                _ => null,
            };
        }
        return node is JsonValue value
            ? new(value.TryGetValue<string>(out var text) ? text : value.ToJsonString(), null)
            : new(null, $"invalid path {path} in rollout");
    }

    [GeneratedRegex(@"^metadata\.(labels|annotations)\['([^']+)'\]$")]
    private static partial Regex MapEntry();
}
