using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ApiServer.Schemas;

namespace Rollouts.LocalCluster.ApiServer.Requests;

/// <summary>What single built-in kinds have beyond their schema: computed defaults and checks across fields.</summary>
internal static class KindRules
{
    public static void Complete(ResourceKind kind, JsonObject body, JsonObject? before, DateTimeOffset now)
    {
        switch (kind.Resource)
        {
            case "namespaces":
                CompleteNamespace(body);
                break;
            case "pods":
                body["status"] ??= new JsonObject { ["phase"] = "Pending" };
                break;
            case "services":
                CompleteService(body);
                break;
            case "deployments.apps" when body.Child("spec") is { } spec:
                spec["strategy"] ??= RollingUpdate();
                break;
            case CustomResources.DefinitionResource:
                CompleteDefinition(body, before, now);
                break;
            default:
                break;
        }
    }

    public static void Check(ResourceKind kind, JsonObject body, JsonObject? before, ICollection<FieldError> errors)
    {
        switch (kind.Resource)
        {
            case "pods":
                CheckContainers(body.Child("spec")!, "spec", errors);
                CheckPodChange(body, before, errors);
                break;
            case "replicasets.apps" or "deployments.apps":
                CheckWorkload(body, before, errors);
                break;
            case CustomResources.DefinitionResource:
                CustomResources.Read(body, errors);
                break;
            default:
                break;
        }
    }

    private static void CompleteNamespace(JsonObject body)
    {
        if (body.Metadata["labels"] is not JsonObject labels)
            body.Metadata["labels"] = labels = [];
        labels["kubernetes.io/metadata.name"] = body.Metadata.Text("name");
        body["status"] ??= new JsonObject { ["phase"] = "Active" };
    }

    private static void CompleteService(JsonObject body)
    {
        foreach (var port in (body.Child("spec") ?? []).Children("ports"))
            port["targetPort"] ??= port["port"]?.DeepClone();
    }

    private static JsonObject RollingUpdate() =>
        new()
        {
            ["type"] = "RollingUpdate",
            ["rollingUpdate"] = new JsonObject { ["maxSurge"] = "25%", ["maxUnavailable"] = "25%" },
        };

    private static void CompleteDefinition(JsonObject body, JsonObject? before, DateTimeOffset now)
    {
        CustomResources.Complete(body);
        if (before is not null && body.ContainsKey("status"))
            return;
        var spec = body.Child("spec") ?? [];
        body["status"] = new JsonObject
        {
            ["acceptedNames"] = spec["names"]?.DeepClone(),
            ["storedVersions"] = new JsonArray([
                .. spec.Children("versions").Select(version => version["name"]?.DeepClone()),
            ]),
            ["conditions"] = new JsonArray(
                Condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
                Condition("Established", "InitialNamesAccepted", "the initial names have been accepted", now)),
        };
    }

    private static JsonObject Condition(string type, string reason, string message, DateTimeOffset now) =>
        new()
        {
            ["type"] = type,
            ["status"] = "True",
            ["reason"] = reason,
            ["message"] = message,
            ["lastTransitionTime"] = ObjectTime.Format(now),
        };

    /// <summary>A pod's process is started once from its spec; only what Kubernetes lets change may change.</summary>
    private static void CheckPodChange(JsonObject body, JsonObject? before, ICollection<FieldError> errors)
    {
        if (before is null)
            return;
        var isBound = before.Child("spec")?.Text("nodeName") is { Length: > 0 };
        if (JsonNode.DeepEquals(Fixed(before, isBound), Fixed(body, isBound)))
            return;
        errors.Add(
            FieldError.Forbidden(
                "spec",
                "pod updates may not change fields other than `spec.containers[*].image`, "
                    + "`spec.activeDeadlineSeconds`, `spec.terminationGracePeriodSeconds`, `spec.tolerations`, "
                    + "and `spec.nodeName` once"));
    }

    private static JsonObject Fixed(JsonObject pod, bool isBound)
    {
        var spec = pod.Child("spec")?.DeepClone().AsObject() ?? [];
        foreach (var name in (string[])["activeDeadlineSeconds", "terminationGracePeriodSeconds", "tolerations"])
            spec.Remove(name);
        if (!isBound)
            spec.Remove("nodeName");
        foreach (var container in spec.Children("containers").Concat(spec.Children("initContainers")))
            container.Remove("image");
        return spec;
    }

    private static void CheckContainers(JsonObject podSpec, string path, ICollection<FieldError> errors)
    {
        if (!podSpec.Children("containers").Any())
            errors.Add(FieldError.Required($"{path}.containers"));
    }

    private static void CheckWorkload(JsonObject body, JsonObject? before, ICollection<FieldError> errors)
    {
        var spec = body.Child("spec") ?? [];
        var selector = spec.Child("selector") ?? [];
        if (before is not null && !JsonNode.DeepEquals(selector, before.Child("spec")?.Child("selector")))
            errors.Add(FieldError.Invalid("spec.selector", selector.ToJsonString(), "field is immutable"));
        if (spec.Child("template") is not { } template)
            return;
        var labels = template.Metadata.TextMap("labels");
        if (!selector.TextMap("matchLabels").All(wanted => labels.GetValueOrDefault(wanted.Key) == wanted.Value))
        {
            errors.Add(
                FieldError.Invalid(
                    "spec.template.metadata.labels",
                    template.Metadata["labels"]?.ToJsonString() ?? "null",
                    "`selector` does not match template `labels`"));
        }
        CheckContainers(template.Child("spec") ?? [], "spec.template.spec", errors);
    }
}
