using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Runs;
using Rollouts.LocalCluster.ArgoStandIn.Strategy.Canary;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>
/// Why a Rollout is not worked on: what Argo calls an invalid spec (pkg/apis/rollouts/validation, v1.10), and what this
/// stand-in does not play.
/// </summary>
internal static class RolloutValidation
{
    /// <summary>What would change the course of an update, and is better refused than left out in silence.</summary>
    private static readonly string[][] NotPlayed =
    [
        ["spec", "rollbackWindow"],
        ["spec", "restartAt"],
        ["spec", "strategy", "blueGreen", "activeMetadata"],
        ["spec", "strategy", "blueGreen", "previewMetadata"],
        ["spec", "strategy", "canary", "minPodsPerReplicaSet"],
        ["spec", "strategy", "canary", "pingPong"],
        ["spec", "strategy", "canary", "canaryMetadata"],
        ["spec", "strategy", "canary", "stableMetadata"],
    ];

    /// <param name="unresolved">What is wrong with spec.workloadRef, or null.</param>
    public static string? Problem(RolloutState state, string? unresolved)
    {
        var rollout = state.Rollout;
        var found = unresolved ?? SpecProblem(rollout) ?? ServiceProblem(state) ?? StepProblem(rollout)
            ?? AnalysisProblem(rollout, state.Templates);
        return found is null ? null : $"The Rollout \"{rollout.Text("metadata", "name")}\" is invalid: {found}";
    }

    private static string? SpecProblem(JsonObject rollout)
    {
        if (rollout.Object("spec", "selector", "matchLabels") is not { Count: > 0 })
            return "spec.selector.matchLabels: Required value";
        if (rollout.Object("spec", "template") is null)
            return "spec.template: Required value";
        var labels = rollout.TextMap("spec", "template", "metadata", "labels");
        foreach (var (name, value) in rollout.TextMap("spec", "selector", "matchLabels"))
        {
            if (labels.GetValueOrDefault(name) != value)
                return "spec.template.metadata.labels: Invalid value: `selector` does not match template `labels`";
        }
        if (Array.Find(NotPlayed, path => rollout.At(path) is { } value && value.ToJsonString() != "false") is { } path)
            return $"{string.Join('.', path)}: Unsupported value: not played by the local cluster";
        var strategy = rollout.Object("spec", "strategy");
        return (strategy.Object("canary"), strategy.Object("blueGreen")) switch
        {
            (null, null) => "spec.strategy.strategy: Required value: Rollout has missing field "
                + "'.spec.strategy.canary or .spec.strategy.blueGreen'",
            ({ }, { }) => "spec.strategy.strategy: Invalid value: Multiple Strategies can not be listed",
            _ => null,
        };
    }

    private static string? ServiceProblem(RolloutState state)
    {
        const string blueGreenPath = "spec.strategy.blueGreen";
        if (state.Rollout.Object("spec", "strategy", "blueGreen") is not { } blueGreen)
        {
            var canary = state.Rollout.Object("spec", "strategy", "canary");
            return UnknownService(state, canary, "spec.strategy.canary", "stableService", "canaryService");
        }
        if (blueGreen.Text("activeService") is not { Length: > 0 } active)
            return $"{blueGreenPath}.activeService: Required value";
        return active == blueGreen.Text("previewService")
            ? $"{blueGreenPath}.activeService: Duplicate value: This rollout uses the same service for the active and "
                + "preview services, but two different services are required."
            : UnknownService(state, blueGreen, blueGreenPath, "activeService", "previewService");
    }

    /// <summary>A Service that is named must be there.</summary>
    private static string? UnknownService(RolloutState state, JsonObject? strategy, string path, params string[] fields)
    {
        var known = state.Services.Select(service => service.Text("metadata", "name")).ToHashSet();
        return fields
            .Select(field => (Field: field, Name: strategy.Text(field)))
            .Where(named => named.Name is { Length: > 0 } name && !known.Contains(name))
            .Select(named => $"{path}.{named.Field}: Invalid value: \"{named.Name}\": "
                + $"service \"{named.Name}\" not found")
            .FirstOrDefault();
    }

    private static string? StepProblem(JsonObject rollout)
    {
        var canary = rollout.Object("spec", "strategy", "canary");
        var isRouted = canary.Object("trafficRouting") is not null;
        if (canary.Flag("dynamicStableScale") && !isRouted)
        {
            return "spec.strategy.canary.dynamicStableScale: Invalid value: true: "
                + "Canary dynamicStableScale can only be used with traffic routing";
        }
        var steps = canary.Items("steps");
        for (var i = 0; i < steps.Count; i++)
        {
            var field = $"spec.strategy.canary.steps[{i}]";
            if (!CanaryStep.IsPlayed(steps[i]))
                return $"{field}: Unsupported value: the local cluster plays {CanaryStep.Played}";
            if (steps[i].Object("setCanaryScale") is not null && !isRouted)
                return $"{field}.setCanaryScale: Invalid value: SetCanaryScale requires TrafficRouting to be set";
            if (steps[i].Int("setWeight") is (< 0 or > 100) and var weight)
                return $"{field}.setWeight: Invalid value: {weight}: SetWeight needs to be between 0 and 100";
            if (steps[i].Object("experiment") is { } experiment && ExperimentProblem(experiment) is { } problem)
                return $"{field}.experiment.{problem}";
        }
        return null;
    }

    private static string? ExperimentProblem(JsonObject experiment)
    {
        var templates = experiment.Items("templates");
        for (var i = 0; i < templates.Count; i++)
        {
            if (templates[i].Text("specRef") is not ("canary" or "stable"))
                return $"templates[{i}].specRef: Invalid value: must be canary or stable";
            if (templates[i]["weight"] is not null)
                return $"templates[{i}].weight: Unsupported value: not played by the local cluster";
        }
        return null;
    }

    private static string? AnalysisProblem(JsonObject rollout, AnalysisTemplates templates)
    {
        foreach (var (field, analysis, kind) in Analyses(rollout.Object("spec", "strategy")))
        {
            if (analysis is not null && Problem(rollout, analysis, kind, templates) is { } problem)
                return $"spec.strategy.{field}.templates: Invalid value: {problem}";
        }
        return null;
    }

    /// <summary>Every place where a strategy may name templates.</summary>
    private static IEnumerable<(string Field, JsonObject? Analysis, RunKind Kind)> Analyses(JsonObject? strategy)
    {
        yield return ("canary.analysis", strategy.Object("canary", "analysis"), RunKind.Background);
        foreach (var (i, step) in strategy.Items("canary", "steps").Index())
        {
            yield return ($"canary.steps[{i}].analysis", step.Object("analysis"), RunKind.Step(i));
            foreach (var (j, analysis) in step.Items("experiment", "analyses").Index())
                yield return ($"canary.steps[{i}].experiment.analyses[{j}]", analysis, RunKind.Background);
        }
        var blueGreen = strategy.Object("blueGreen");
        yield return (
            "blueGreen.prePromotionAnalysis", blueGreen.Object("prePromotionAnalysis"), RunKind.PrePromotion);
        yield return (
            "blueGreen.postPromotionAnalysis", blueGreen.Object("postPromotionAnalysis"), RunKind.PostPromotion);
    }

    /// <summary>Hashes are not known yet; a field that is not there yet is no reason to refuse.</summary>
    private static string? Problem(JsonObject rollout, JsonObject analysis, RunKind kind, AnalysisTemplates templates)
    {
        // An analysis of an Experiment names its one template itself.
        var merged = templates.Merge(analysis["templateName"] is null ? analysis.Items("templates") : [analysis]);
        if (merged.Value is not { } spec)
            return merged.Problem;
        var given = analysis.Items("args").Select(argument => argument.Text("name")).ToHashSet();
        foreach (var argument in spec.Items("args"))
        {
            var hasValue = argument.Text("value") is not null || argument.Object("valueFrom") is not null;
            if (!hasValue && !given.Contains(argument.Text("name")))
                return $"args.{argument.Text("name")} was not resolved";
        }
        var endless = kind.MustEnd
            ? spec.Items("metrics").Select(metric => new MetricSpec(metric))
                .FirstOrDefault(metric => metric.EffectiveCount is null)
            : null;
        return endless is null ? null : $"metric '{endless.Name}' runs indefinitely. Invalid value for count: 0";
    }
}
