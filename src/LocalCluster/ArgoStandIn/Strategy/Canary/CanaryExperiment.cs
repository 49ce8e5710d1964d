using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Runs;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy.Canary;

/// <summary>Starts, follows and ends the Experiment of an experiment step (rollout/experiment.go, v1.10).</summary>
internal static class CanaryExperiment
{
    private const string Field = "currentExperiment";

    public static void Reconcile(RolloutPass pass)
    {
        var uid = pass.Rollout.Text("metadata", "uid");
        var owned = pass.State.Experiments.Where(item => AnalysisRunFactory.ControllerUid(item) == uid).ToList();
        var current = Current(pass);
        if (pass.IsAborted || pass.IsPromotingFully)
        {
            pass.SetStatus("canary", Field, null);
            RunRetention.Cancel(pass, owned, ArgoNames.Experiments);
            return;
        }
        if (pass.Pauses.Find(PauseChanges.InconclusiveAnalysisRun) is not null)
            return;
        var step = pass.HasSeparateStable ? pass.CurrentStep.Object("experiment") : null;
        if (step is not null && (current is null || IsResumed(pass, current)))
            current = Create(pass, step);
        if (step is not null && current is not null)
            React(pass, current);
        pass.SetStatus("canary", Field, step is null ? null : JsonValue.Create(current.Text("metadata", "name")));
        var kept = step is null ? null : current.Text("metadata", "name");
        var others = owned.Where(item => item.Text("metadata", "name") != kept).ToList();
        RunRetention.Cancel(pass, others, ArgoNames.Experiments);
        RunRetention.DeleteOld(pass, others, ArgoNames.Experiments);
    }

    public static JsonObject? Current(RolloutPass pass)
    {
        var name = pass.Status.Text("canary", Field);
        return pass.State.Experiments.FirstOrDefault(item => item.Text("metadata", "name") == name);
    }

    /// <summary>A person took the pause away that an inconclusive Experiment had made.</summary>
    private static bool IsResumed(RolloutPass pass, JsonObject current) =>
        pass.Pauses.IsPausedByController && pass.Pauses.Current.Count == 0
        && current.Text("status", "phase") == AnalysisPhase.Inconclusive;

    private static void React(RolloutPass pass, JsonObject experiment)
    {
        var phase = experiment.Text("status", "phase");
        if (phase == AnalysisPhase.Inconclusive)
            pass.Pauses.Add(PauseChanges.InconclusiveExperiment);
        else if (AnalysisPhase.IsBad(phase))
            pass.Pauses.Abort(experiment.Text("status", "message") ?? "");
    }

    private static JsonObject? Create(RolloutPass pass, JsonObject step)
    {
        var made = Make(pass, step);
        if (made.Value is null)
        {
            pass.Emit("ExperimentNotCreated", made.Problem!, isWarning: true);
            return null;
        }
        var name = made.Value.Text("metadata", "name")!;
        for (var counter = 0; ; counter++)
        {
            var candidate = counter == 0 ? name : $"{name}-{counter}";
            if (pass.State.Experiments.Any(item => item.Text("metadata", "name") == candidate))
                continue;
            made.Value["metadata"]!["name"] = candidate;
            pass.Write(new ClusterWrite.Create(ArgoNames.Experiments, made.Value));
            pass.Emit("ExperimentCreated", $"Created Experiment '{candidate}'");
            return made.Value;
        }
    }

    private static Resolved<JsonObject> Make(RolloutPass pass, JsonObject step)
    {
        var analyses = new JsonArray();
        foreach (var analysis in step.Items("analyses"))
        {
            var copy = (JsonObject)analysis.DeepClone();
            var values = RunArgumentValues.Resolve(
                analysis.Items("args"), analysis.Items("args"), pass.Rollout, pass.StableHash, pass.LatestHash);
            if (values.Value is null)
                return new(null, values.Problem);
            foreach (var argument in values.Value.OfType<JsonObject>())
                argument.Remove("valueFrom");
            copy["args"] = values.Value;
            analyses.Add((JsonNode)copy);
        }
        var labels = new JsonObject { [ArgoNames.HashLabel] = pass.LatestHash };
        labels.SetText(ArgoNames.InstanceLabel, pass.Rollout.Text("metadata", "labels", ArgoNames.InstanceLabel));
        var spec = new JsonObject
        {
            ["templates"] = new JsonArray([.. step.Items("templates").Select(item => Template(pass, item))]),
            ["analyses"] = analyses,
        };
        spec.SetText("duration", step.Text("duration"));
        return new(new JsonObject
        {
            ["apiVersion"] = ArgoNames.ApiVersion,
            ["kind"] = "Experiment",
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{pass.Name}-{pass.LatestHash}-{pass.Latest!.Revision}-{pass.StepIndex}",
                ["namespace"] = pass.Rollout.Text("metadata", "namespace"),
                ["labels"] = labels,
                ["annotations"] = new JsonObject { [ArgoNames.Revision] = $"{pass.Latest.Revision}" },
                ["ownerReferences"] = new JsonArray(AnalysisRunFactory.OwnerReference(pass.Rollout)),
            },
            ["spec"] = spec,
        }, null);
    }

    private static JsonObject Template(RolloutPass pass, JsonObject step)
    {
        var set = (step.Text("specRef") == "stable" ? pass.Stable! : pass.Latest!).Json;
        var template = (JsonObject)set.Object("spec", "template")!.DeepClone();
        var selector = (JsonObject)(step.Object("selector") ?? set.Object("spec", "selector")!).DeepClone();
        foreach (var (name, value) in step.TextMap("metadata", "labels"))
        {
            template.Child("metadata").Child("labels")[name] = value;
            selector.Child("matchLabels")[name] = value;
        }
        foreach (var (name, value) in step.TextMap("metadata", "annotations"))
            template.Child("metadata").Child("annotations")[name] = value;
        var made = new JsonObject
        {
            ["name"] = step.Text("name"),
            ["replicas"] = step.Int("replicas") ?? 1,
            ["minReadySeconds"] = set.Int("spec", "minReadySeconds") ?? 0,
            ["selector"] = selector,
            ["template"] = template,
        };
        if (step.Object("service") is { } service)
            made["service"] = service.DeepClone();
        return made;
    }
}
