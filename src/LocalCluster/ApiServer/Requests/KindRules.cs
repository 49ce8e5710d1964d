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

    private static void CompleteDefinition(JsonObject body, JsonObject? before, DateTimeOffset now)
    {
        CustomResources.Complete(body);
        if (before is not null && body.ContainsKey("status"))
            return;
        var spec = body.Child("spec") ?? [];
        body["status"] = new JsonObject
        {
            ["acceptedNames"] = spec["names"]?.DeepClone(),
            ["storedVersions"] = new JsonArray([.. spec.Children("versions").Select(version => version["name"]?.DeepClone())]),
            ["conditions"] = new JsonArray(
                Condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
                Condition("Established", "InitialNamesAccepted", "the initial names have been accepted", now)),
        };
    }

    private static JsonObject Condition(string type, string reason, string message, DateTimeOffset now) => new()
    {
        ["type"] = type,
        ["status"] = "True",
        ["reason"] = reason,
        ["message"] = message,
        ["lastTransitionTime"] = ObjectTime.Format(now),
    };

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
            errors.Add(FieldError.Invalid(
                "spec.template.metadata.labels",
                template.Metadata["labels"]?.ToJsonString() ?? "null",
                "`selector` does not match template `labels`"));
        }
        CheckContainers(template.Child("spec") ?? [], "spec.template.spec", errors);
    }
}
