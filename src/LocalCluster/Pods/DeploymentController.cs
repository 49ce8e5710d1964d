using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;

namespace Rollouts.LocalCluster.Pods;

/// <summary>
/// A Deployment gets one ReplicaSet of its template; that of an earlier template goes to zero at the same moment.
/// There is no rolling update: rollouts are Argo's business here.
/// </summary>
internal sealed class DeploymentController(ClusterObjects objects, TimeProvider clock)
{
    private const string Resource = "deployments.apps";
    private const string ReplicaSets = "replicasets.apps";
    private const string TemplateHash = "pod-template-hash";

    /// <summary>What <c>kubectl rollout history</c> and <c>undo</c> go by.</summary>
    private const string Revision = "deployment.kubernetes.io/revision";

    public Task RunAsync(CancellationToken cancellation) =>
        ReconcileLoop.RunAsync(objects, [Resource, ReplicaSets], ReconcileAll, clock, cancellation);

    private void ReconcileAll()
    {
        var replicaSets = objects.List(ReplicaSets)
            .Select(json => new ObjectView(json))
            .ToLookup(set => set.ControllerUid);
        foreach (var deployment in objects.List(Resource).Select(json => new ObjectView(json)))
        {
            if (!deployment.IsBeingDeleted)
                Reconcile(deployment, [.. replicaSets[deployment.Uid]]);
        }
    }

    private void Reconcile(ObjectView deployment, List<ObjectView> owned)
    {
        var wanted = deployment.At("spec", "replicas") is null ? 1 : deployment.Number("spec", "replicas");
        var hash = HashOf(deployment.At("spec", "template"));
        foreach (var replicaSet in owned)
            Scale(replicaSet, replicaSet.Label(TemplateHash) == hash ? wanted : 0);
        var others = owned.Where(replicaSet => replicaSet.Label(TemplateHash) != hash);
        var revision = others.Select(RevisionOf).DefaultIfEmpty(0).Max() + 1;
        var current = owned.Where(replicaSet => replicaSet.Label(TemplateHash) == hash).ToList();
        if (current.Count == 0)
            objects.TryCreate(ReplicaSets, deployment.Namespace, NewReplicaSet(deployment, hash, wanted, revision));
        foreach (var replicaSet in current)
            SetRevision(ReplicaSets, replicaSet, revision);
        SetRevision(Resource, deployment, revision);

        var status = Status(deployment, owned, hash, wanted);
        if (!JsonNode.DeepEquals(status, deployment.At("status")))
        {
            var patch = new JsonObject { ["status"] = status };
            _ = objects.TryMergePatch(Resource, deployment.Namespace, deployment.Name, patch, "status");
        }
    }

    private void Scale(ObjectView replicaSet, long wanted)
    {
        if (replicaSet.Number("spec", "replicas") == wanted)
            return;
        var patch = new JsonObject { ["spec"] = new JsonObject { ["replicas"] = wanted } };
        _ = objects.TryMergePatch(ReplicaSets, replicaSet.Namespace, replicaSet.Name, patch);
    }

    /// <summary>A template that comes back gets the newest revision.</summary>
    private void SetRevision(string resource, ObjectView item, long revision)
    {
        if (RevisionOf(item) >= revision)
            return;
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = Annotation(revision) } };
        _ = objects.TryMergePatch(resource, item.Namespace, item.Name, patch);
    }

    private static long RevisionOf(ObjectView item) =>
        long.TryParse(item.Text("metadata", "annotations", Revision), CultureInfo.InvariantCulture, out var revision)
            ? revision
            : 0;

    private static JsonObject Annotation(long revision) => new() { [Revision] = $"{revision}" };

    private static JsonObject NewReplicaSet(ObjectView deployment, string hash, long replicas, long revision)
    {
        var template = deployment.At("spec", "template")?.DeepClone() as JsonObject ?? [];
        var labels = template["metadata"]?["labels"] as JsonObject ?? [];
        labels[TemplateHash] = hash;
        var selector = deployment.At("spec", "selector")?.DeepClone() as JsonObject ?? [];
        if (selector["matchLabels"] is JsonObject matchLabels)
            matchLabels[TemplateHash] = hash;
        return new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "ReplicaSet",
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{deployment.Name}-{hash}",
                ["namespace"] = deployment.Namespace,
                ["labels"] = labels.DeepClone(),
                ["annotations"] = Annotation(revision),
                ["ownerReferences"] = new JsonArray(
                    ReplicaSetController.OwnedBy(deployment, "apps/v1", "Deployment")),
            },
            ["spec"] = new JsonObject { ["replicas"] = replicas, ["selector"] = selector, ["template"] = template },
        };
    }

    private JsonObject Status(ObjectView deployment, List<ObjectView> owned, string hash, long wanted)
    {
        var updated = owned.Where(replicaSet => replicaSet.Label(TemplateHash) == hash).ToList();
        var available = owned.Sum(replicaSet => replicaSet.Number("status", "availableReplicas"));
        return new JsonObject
        {
            ["observedGeneration"] = deployment.Generation,
            ["replicas"] = owned.Sum(replicaSet => replicaSet.Number("status", "replicas")),
            ["updatedReplicas"] = updated.Sum(replicaSet => replicaSet.Number("status", "replicas")),
            ["readyReplicas"] = owned.Sum(replicaSet => replicaSet.Number("status", "readyReplicas")),
            ["availableReplicas"] = available,
            ["unavailableReplicas"] = Math.Max(0, wanted - available),
            ["conditions"] = new JsonArray(Available(deployment, available >= wanted)),
        };
    }

    private JsonObject Available(ObjectView deployment, bool holds)
    {
        var status = holds ? "True" : "False";
        var before = (deployment.At("status", "conditions") as JsonArray)?.OfType<JsonObject>().FirstOrDefault();
        var since = before is not null && new ObjectView(before).Text("status") == status
            ? new ObjectView(before).Text("lastTransitionTime")
            : null;
        return new JsonObject
        {
            ["type"] = "Available",
            ["status"] = status,
            ["reason"] = holds ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
            ["lastTransitionTime"] = since ?? KubernetesTime.Write(clock.GetUtcNow()),
        };
    }

    private static string HashOf(JsonNode? template)
    {
        var text = Ordered(template)?.ToJsonString() ?? "";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..10];
    }

    /// <summary>A template that kubectl hands back says the same in another order, and with nulls.</summary>
    private static JsonNode? Ordered(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields
            .Where(field => field.Value is not null)
            .OrderBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => KeyValuePair.Create(field.Key, Ordered(field.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Ordered)]),
        null => null,
        _ => node.DeepClone(),
    };
}
