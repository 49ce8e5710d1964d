using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;

namespace Rollouts.LocalCluster.ArgoStandIn.Experiments;

/// <summary>
/// A template of an Experiment: a ReplicaSet that the Experiment owns, a Service where one is asked for, and their
/// status (experiments/{experiment,replicaset,service}.go, v1.10).
/// </summary>
internal static class ExperimentTemplates
{
    private const int DefaultDeadlineSeconds = 600;
    private static readonly string[] Counts = ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"];

    public static void Reconcile(ExperimentPass pass, JsonObject template)
    {
        var name = template.Text("name") ?? "";
        var wanted = pass.IsTerminating ? 0 : template.Int("replicas") ?? 1;
        var status = pass.Entry("templateStatuses", name);
        var before = (JsonObject)status.DeepClone();
        var set = pass.ReplicaSet(name);
        if (set is null && wanted > 0)
            pass.Write(new ClusterWrite.Create(ArgoNames.ReplicaSets, NewReplicaSet(pass, template)));
        else if (set is not null)
            Follow(pass, template, set, wanted, status);
        status["replicas"] = set.Int("status", "replicas") ?? 0;
        status["updatedReplicas"] = status["replicas"]!.DeepClone();
        status["readyReplicas"] = set.Int("status", "readyReplicas") ?? 0;
        status["availableReplicas"] = set.Int("status", "availableReplicas") ?? 0;
        if (Counts.Any(count => before.Int(count) != status.Int(count)))
            status["lastTransitionTime"] = pass.Now.ToWire();
        if (before.Text("status") is not ("Successful" or "Failed" or "Error"))
            Assess(pass, status, wanted);
        if (before.Text("status") is var old && old != status.Text("status"))
        {
            var isBad = status.Text("status") == "Failed";
            pass.Emit($"Template{status.Text("status")}",
                $"Template '{name}' transitioned from {old} -> {status.Text("status")}", isBad);
        }
    }

    private static void Follow(ExperimentPass pass, JsonObject template, JsonObject set, int wanted, JsonObject status)
    {
        var name = set.Text("metadata", "name")!;
        if ((set.Int("spec", "replicas") ?? 1) != wanted)
        {
            pass.Write(new ClusterWrite.Patch(ArgoNames.ReplicaSets, name,
                new JsonObject { ["spec"] = new JsonObject { ["replicas"] = wanted } }));
        }
        if (template.Object("service") is not { } asked)
            return;
        var service = asked.Text("name") is { Length: > 0 } own ? own : name;
        var exists = pass.State.Services.Any(item => item.Text("metadata", "name") == service);
        if (wanted > 0 && !exists)
            pass.Write(new ClusterWrite.Create(ArgoNames.Services, NewService(pass, set, service)));
        else if (wanted == 0 && exists && (set.Int("status", "availableReplicas") ?? 0) == 0)
            pass.Write(new ClusterWrite.Delete(ArgoNames.Services, service));
        status.SetText("serviceName", wanted > 0 ? service : null);
        status.SetText("podTemplateHash", wanted > 0 ? Hash(set) : null);
    }

    public static string? Hash(JsonObject? set) => set.Text("metadata", "labels", ArgoNames.HashLabel);

    private static void Assess(ExperimentPass pass, JsonObject status, int wanted)
    {
        if (pass.IsTerminating)
        {
            status["status"] = "Successful";
            return;
        }
        if (status.Int("availableReplicas") == wanted)
        {
            status["status"] = pass.IsOver ? "Successful" : "Running";
            return;
        }
        var limit = pass.Experiment.Int("spec", "progressDeadlineSeconds") ?? DefaultDeadlineSeconds;
        var deadline = (status.Instant("lastTransitionTime") ?? pass.Now).AddSeconds(limit);
        pass.LookAgainAt(deadline);
        status["status"] = deadline <= pass.Now ? "Failed" : "Progressing";
        if (deadline <= pass.Now)
            status["message"] = $"Template '{status.Text("name")}' exceeded its progressDeadlineSeconds ({limit})";
    }

    /// <summary>
    /// The hash is that of the template without its own hash label: an Experiment of the stable template may so have
    /// stable's hash, and only the owner tells its pods apart (argoproj/argo-rollouts#380).
    /// </summary>
    private static JsonObject NewReplicaSet(ExperimentPass pass, JsonObject template)
    {
        var pods = (JsonObject)(template.Object("template") ?? []).DeepClone();
        var labels = pods.Child("metadata").Child("labels");
        labels.Remove(ArgoNames.HashLabel);
        var hash = PodTemplateHash.Of(pods);
        labels[ArgoNames.HashLabel] = hash;
        var selector = (JsonObject)(template.Object("selector") ?? []).DeepClone();
        selector.Child("matchLabels")[ArgoNames.HashLabel] = hash;
        var name = template.Text("name") ?? "";
        return new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "ReplicaSet",
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{pass.Name}-{name}",
                ["namespace"] = pass.Experiment.Text("metadata", "namespace"),
                ["labels"] = new JsonObject { [ArgoNames.HashLabel] = hash },
                ["annotations"] = new JsonObject
                {
                    [ArgoNames.ExperimentName] = pass.Name,
                    [ArgoNames.ExperimentTemplate] = name,
                },
                ["ownerReferences"] = new JsonArray(pass.OwnerReference()),
            },
            ["spec"] = new JsonObject
            {
                ["replicas"] = 0,
                ["minReadySeconds"] = template.Int("minReadySeconds") ?? 0,
                ["selector"] = selector,
                ["template"] = pods,
            },
        };
    }

    private static JsonObject NewService(ExperimentPass pass, JsonObject set, string name)
    {
        var ports = set.Items("spec", "template", "spec", "containers")
            .SelectMany(container => container.Items("ports"))
            .Select(port => new JsonObject
            {
                ["port"] = port.Int("containerPort"),
                ["targetPort"] = port.Int("containerPort"),
            });
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Service",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = pass.Experiment.Text("metadata", "namespace"),
                ["annotations"] = new JsonObject { [ArgoNames.ExperimentName] = pass.Name },
                ["ownerReferences"] = new JsonArray(pass.OwnerReference()),
            },
            ["spec"] = new JsonObject
            {
                ["selector"] = new JsonObject { [ArgoNames.HashLabel] = Hash(set) },
                ["ports"] = new JsonArray([.. ports]),
            },
        };
    }
}
