using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Runs;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;

namespace Rollouts.LocalCluster.ArgoStandIn.Experiments;

/// <summary>
/// The AnalysisRuns of an Experiment: made once every template is up, named <c>experiment-analysis</c>, without a label
/// that tells a version (experiments/experiment.go:652-711, v1.10).
/// </summary>
internal static partial class ExperimentAnalyses
{
    public static void Reconcile(ExperimentPass pass, JsonObject analysis)
    {
        var name = analysis.Text("name") ?? "";
        var status = pass.Entry("analysisRuns", name);
        var before = status.Text("phase") ?? "";
        status["phase"] ??= "";
        status["analysisRun"] ??= "";
        if (status.Text("analysisRun") is { Length: > 0 } runName)
            Follow(pass, status, runName);
        else if (pass.Status["availableAt"] is not null && !pass.IsTerminating)
            Create(pass, analysis, status);
        if (status.Text("phase") is { Length: > 0 } phase && phase != before)
        {
            pass.Emit($"AnalysisRun{phase}", $"AnalysisRun '{name}' transitioned from {before} -> {phase}",
                AnalysisPhase.IsBad(phase) || phase == AnalysisPhase.Inconclusive);
        }
    }

    private static void Create(ExperimentPass pass, JsonObject analysis, JsonObject status)
    {
        var made = Make(pass, analysis);
        if (made.Value is null)
        {
            status["phase"] = AnalysisPhase.Error;
            status["message"] = $"Failed to create AnalysisRun for analysis '{analysis.Text("name")}': {made.Problem}";
            return;
        }
        var (run, exists) = AnalysisRunFactory.WithoutCollision(made.Value, pass.State.Runs);
        if (!exists)
            pass.Write(new ClusterWrite.Create(ArgoNames.AnalysisRuns, run));
        status["phase"] = AnalysisPhase.Pending;
        status["analysisRun"] = run.Text("metadata", "name");
    }

    private static void Follow(ExperimentPass pass, JsonObject status, string runName)
    {
        if (AnalysisPhase.IsCompleted(status.Text("phase")))
            return;
        if (pass.State.Runs.FirstOrDefault(run => run.Text("metadata", "name") == runName) is not { } found)
        {
            status["phase"] = AnalysisPhase.Error;
            status["message"] = $"analysisrun.argoproj.io \"{runName}\" not found";
            return;
        }
        var phase = found.Text("status", "phase");
        if (!pass.IsTerminating)
        {
            status["phase"] = phase ?? "";
            status.SetText("message", found.Text("status", "message"));
        }
        else if (!AnalysisPhase.IsCompleted(phase) && !found.Flag("spec", "terminate"))
        {
            pass.Write(new ClusterWrite.Patch(ArgoNames.AnalysisRuns, runName,
                new JsonObject { ["spec"] = new JsonObject { ["terminate"] = true } }));
        }
    }

    private static Resolved<JsonObject> Make(ExperimentPass pass, JsonObject analysis)
    {
        var merged = pass.State.Templates.Merge([analysis]);
        if (merged.Value is not { } spec)
            return merged;
        if (Arguments(pass, analysis, spec) is { } problem)
            return new(null, problem);
        var labels = new JsonObject();
        labels.SetText(ArgoNames.InstanceLabel, pass.Experiment.Text("metadata", "labels", ArgoNames.InstanceLabel));
        foreach (var (name, value) in pass.Experiment.TextMap("spec", "analysisRunMetadata", "labels"))
            labels[name] = value;
        return new(new JsonObject
        {
            ["apiVersion"] = ArgoNames.ApiVersion,
            ["kind"] = "AnalysisRun",
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{pass.Name}-{analysis.Text("name")}",
                ["namespace"] = pass.Experiment.Text("metadata", "namespace"),
                ["labels"] = labels,
                ["annotations"] = pass.Experiment.TextMap("spec", "analysisRunMetadata", "annotations").ToJson(),
                ["ownerReferences"] = new JsonArray(pass.OwnerReference()),
            },
            ["spec"] = spec,
        }, null);
    }

    /// <returns>What is wrong, or null.</returns>
    private static string? Arguments(ExperimentPass pass, JsonObject analysis, JsonObject spec)
    {
        foreach (var declared in spec.Items("args"))
        {
            var name = declared.Text("name");
            var given = analysis.Items("args").FirstOrDefault(argument => argument.Text("name") == name);
            if (given.Text("value") is { } value)
                declared["value"] = Reference().Replace(value, match => Resolve(pass, match));
            if (declared.Text("value") is null && declared.Object("valueFrom") is null)
                return $"args.{name} was not resolved";
            if (declared.Text("value")?.Contains("{{", StringComparison.Ordinal) == true)
                return $"failed to resolve {declared.Text("value")}";
        }
        return null;
    }

    private static string Resolve(ExperimentPass pass, Match match)
    {
        var set = pass.ReplicaSet(match.Groups["template"].Value);
        var found = match.Groups["field"].Value == "podTemplateHash"
            ? ExperimentTemplates.Hash(set)
            : set.Text("metadata", "name");
        return found ?? match.Value;
    }

    [GeneratedRegex(@"\{\{\s*templates\.(?<template>[\w-]+)\.(?<field>podTemplateHash|replicaset\.name)\s*\}\}")]
    private static partial Regex Reference();
}
