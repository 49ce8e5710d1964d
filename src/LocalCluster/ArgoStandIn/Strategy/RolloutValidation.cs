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
        ["spec", "strategy", "canary", "dynamicStableScale"],
        ["spec", "strategy", "canary", "minPodsPerReplicaSet"],
        ["spec", "strategy", "canary", "pingPong"],
        ["spec", "strategy", "canary", "canaryMetadata"],
        ["spec", "strategy", "canary", "stableMetadata"],
    ];

    public static string? Problem(RolloutState state)
    {
        var rollout = state.Rollout;
        var found = SpecProblem(rollout) ?? ServiceProblem(state) ?? StepProblem(rollout)
            ?? AnalysisProblem(rollout, state.Templates);
        return found is null ? null : $"The Rollout \"{rollout.Text("metadata", "name")}\" is invalid: {found}";
    }

    private static string? SpecProblem(JsonObject rollout)
    {
        if (rollout.Object("spec", "selector", "matchLabels") is not { Count: > 0 })
            return "spec.selector.matchLabels: Required value";
        if (rollout.Object("spec", "template") is null)
            return "spec.template: Required value: workloadRef is not played by the local cluster";
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

    /// <summary>A Service that is named must be there.</summary>
    private static string? ServiceProblem(RolloutState state)
    {
        if (state.Rollout.Object("spec", "strategy", "blueGreen") is not { } blueGreen)
            return null;
        const string strategy = "spec.strategy.blueGreen";
        if (blueGreen.Text("activeService") is not { Length: > 0 } active)
            return $"{strategy}.activeService: Required value";
        if (active == blueGreen.Text("previewService"))
        {
            return $"{strategy}.activeService: Duplicate value: This rollout uses the same service for the active and "
                + "preview services, but two different services are required.";
        }
        var known = state.Services.Select(service => service.Text("metadata", "name")).ToHashSet();
        foreach (var field in (string[])["activeService", "previewService"])
        {
            if (blueGreen.Text(field) is { Length: > 0 } name && !known.Contains(name))
                return $"{strategy}.{field}: Invalid value: \"{name}\": service \"{name}\" not found";
        }
        return null;
    }

    private static string? StepProblem(JsonObject rollout)
    {
        var steps = rollout.Items("spec", "strategy", "canary", "steps");
        for (var i = 0; i < steps.Count; i++)
        {
            var field = $"spec.strategy.canary.steps[{i}]";
            if (!CanaryStep.IsPlayed(steps[i]))
                return $"{field}: Unsupported value: the local cluster plays setWeight, pause and analysis";
            if (steps[i].Int("setWeight") is (< 0 or > 100) and var weight)
                return $"{field}.setWeight: Invalid value: {weight}: SetWeight needs to be between 0 and 100";
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
            yield return ($"canary.steps[{i}].analysis", step.Object("analysis"), RunKind.Step(i));
        var blueGreen = strategy.Object("blueGreen");
        yield return (
            "blueGreen.prePromotionAnalysis", blueGreen.Object("prePromotionAnalysis"), RunKind.PrePromotion);
        yield return (
            "blueGreen.postPromotionAnalysis", blueGreen.Object("postPromotionAnalysis"), RunKind.PostPromotion);
    }

    /// <summary>Hashes are not known yet; a field that is not there yet is no reason to refuse.</summary>
    private static string? Problem(JsonObject rollout, JsonObject analysis, RunKind kind, AnalysisTemplates templates)
    {
        var merged = templates.Merge(analysis.Items("templates"));
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
