using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Runs;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>Which analysis a run is for: its place in its name and labels.</summary>
internal sealed record RunKind(string Type, string Infix, int? StepIndex)
{
    public static RunKind Step(int index) => new("Step", $"{index}", index);

    public static readonly RunKind Background = new("Background", "", null);
    public static readonly RunKind PrePromotion = new("PrePromotion", "pre", null);
    public static readonly RunKind PostPromotion = new("PostPromotion", "post", null);

    /// <summary>Only a background run may go on for ever (validation_references.go:158-211).</summary>
    public bool MustEnd => this != Background;
}

/// <summary>The revision that a run is made for.</summary>
internal sealed record RunSubject(JsonObject Rollout, string Revision, string Stable, string Latest);

/// <summary>
/// Makes AnalysisRuns for a Rollout (rollout/analysis.go:469-507 and utils/analysis/helpers.go:257-290, v1.10).
/// </summary>
internal static class AnalysisRunFactory
{
    private static readonly string[] ComparedFields = ["metrics", "args", "dryRun", "measurementRetention"];

    public static Resolved<JsonObject> Make(
        RunSubject subject, JsonObject analysis, RunKind kind, AnalysisTemplates templates)
    {
        var merged = templates.Merge(analysis.Items("templates"));
        if (merged.Value is not { } spec)
            return new(null, merged.Problem);
        var rollout = subject.Rollout;
        var arguments = RunArgumentValues.Resolve(
            analysis.Items("args"), spec.Items("args"), rollout, subject.Stable, subject.Latest);
        if (arguments.Value is null)
            return new(null, arguments.Problem);
        if (arguments.Value.Count > 0)
            spec["args"] = arguments.Value;
        AddFront(spec, "dryRun", analysis);
        AddFront(spec, "measurementRetention", analysis);

        var name = $"{rollout.Text("metadata", "name")}-{subject.Latest}-{subject.Revision}";
        return new(new JsonObject
        {
            ["apiVersion"] = ArgoNames.ApiVersion,
            ["kind"] = "AnalysisRun",
            ["metadata"] = new JsonObject
            {
                ["name"] = kind.Infix.Length == 0 ? name : $"{name}-{kind.Infix}",
                ["namespace"] = rollout.Text("metadata", "namespace"),
                ["labels"] = Labels(subject, analysis, kind).ToJson(),
                ["annotations"] = Annotations(subject, analysis).ToJson(),
                ["ownerReferences"] = new JsonArray(OwnerReference(rollout)),
            },
            ["spec"] = spec,
        }, null);
    }

    /// <summary>
    /// The run to use under this name: an unfinished one of the same owner and spec is taken as ours, any other makes
    /// way by a counter at the end of the name.
    /// </summary>
    /// <param name="existing">All runs of the namespace.</param>
    public static (JsonObject Run, bool Exists) WithoutCollision(JsonObject run, IReadOnlyList<JsonObject> existing)
    {
        var name = run.Text("metadata", "name")!;
        for (var counter = 0; ; counter++)
        {
            var candidate = counter == 0 ? name : $"{name}.{counter}";
            var other = existing.FirstOrDefault(item => item.Text("metadata", "name") == candidate);
            if (other is null)
            {
                run["metadata"]!["name"] = candidate;
                return (run, false);
            }
            if (IsSameUnfinished(run, other))
                return (other, true);
        }
    }

    public static string? ControllerUid(JsonObject item) =>
        item.Items("metadata", "ownerReferences").FirstOrDefault(owner => owner.Flag("controller")).Text("uid");

    public static JsonObject OwnerReference(JsonObject rollout) => new()
    {
        ["apiVersion"] = ArgoNames.ApiVersion,
        ["kind"] = "Rollout",
        ["name"] = rollout.Text("metadata", "name"),
        ["uid"] = rollout.Text("metadata", "uid"),
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };

    private static bool IsSameUnfinished(JsonObject run, JsonObject other) =>
        !AnalysisPhase.IsCompleted(other.Text("status", "phase"))
        && ControllerUid(run) == ControllerUid(other)
        && ComparedFields.All(field => JsonNode.DeepEquals(run.At("spec", field), other.At("spec", field)));

    private static SortedDictionary<string, string> Labels(RunSubject subject, JsonObject analysis, RunKind kind)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [ArgoNames.HashLabel] = subject.Latest,
            [ArgoNames.TypeLabel] = kind.Type,
        };
        if (kind.StepIndex is { } index)
            labels[ArgoNames.StepIndexLabel] = $"{index}";
        if (subject.Rollout.Text("metadata", "labels", ArgoNames.InstanceLabel) is { } instance)
            labels[ArgoNames.InstanceLabel] = instance;
        foreach (var (name, value) in analysis.TextMap("analysisRunMetadata", "labels"))
            labels[name] = value;
        foreach (var (name, value) in subject.Rollout.TextMap("spec", "selector", "matchLabels"))
            labels[name] = value;
        return labels;
    }

    private static SortedDictionary<string, string> Annotations(RunSubject subject, JsonObject analysis)
    {
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [ArgoNames.Revision] = subject.Revision,
        };
        foreach (var (name, value) in analysis.TextMap("analysisRunMetadata", "annotations"))
            annotations[name] = value;
        return annotations;
    }

    private static void AddFront(JsonObject spec, string field, JsonObject analysis)
    {
        var own = analysis.Items(field).Select(item => item.DeepClone());
        var list = new JsonArray([.. own, .. spec.Items(field).Select(item => item.DeepClone())]);
        if (list.Count > 0)
            spec[field] = list;
    }
}
