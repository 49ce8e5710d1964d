using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;

namespace Rollouts.LocalCluster.Pods;

/// <summary>Keeps for each ReplicaSet as many pods as it asks for, and its status true.</summary>
internal sealed class ReplicaSetController(ClusterObjects objects, Random random, TimeProvider clock)
{
    private const string Resource = "replicasets.apps";
    private const string NameLetters = "bcdfghjklmnpqrstvwxz2456789";

    public Task RunAsync(CancellationToken cancellation) =>
        ReconcileLoop.RunAsync(objects, [Resource, "pods"], ReconcileAll, clock, cancellation);

    private void ReconcileAll()
    {
        var pods = objects.List("pods").Select(pod => new ObjectView(pod)).Where(pod => !pod.IsBeingDeleted)
            .ToLookup(pod => pod.ControllerUid);
        foreach (var replicaSet in objects.List(Resource).Select(json => new ObjectView(json)))
        {
            if (!replicaSet.IsBeingDeleted)
                Reconcile(replicaSet, [.. pods[replicaSet.Uid]]);
        }
    }

    private void Reconcile(ObjectView replicaSet, List<ObjectView> pods)
    {
        // Failed pods count, unlike in Kubernetes: here a pod fails because it cannot run on this machine, as would the
        // next.
        var wanted = replicaSet.At("spec", "replicas") is null ? 1 : (int)replicaSet.Number("spec", "replicas");
        for (var missing = wanted - pods.Count; missing > 0; missing--)
            objects.TryCreate("pods", replicaSet.Namespace, NewPod(replicaSet));
        foreach (var pod in ReplicaSetStatus.FirstToGo(pods).Take(pods.Count - wanted))
            objects.TryDelete("pods", pod.Namespace, pod.Name);

        var status = ReplicaSetStatus.Of(replicaSet, pods, clock.GetUtcNow());
        if (!JsonNode.DeepEquals(status, replicaSet.At("status")))
        {
            var patch = new JsonObject { ["status"] = status };
            _ = objects.TryMergePatch(Resource, replicaSet.Namespace, replicaSet.Name, patch, "status");
        }
    }

    private JsonObject NewPod(ObjectView replicaSet)
    {
        var template = replicaSet.At("spec", "template") as JsonObject ?? [];
        var metadata = template["metadata"]?.DeepClone() as JsonObject ?? [];
        metadata["name"] = $"{replicaSet.Name}-{new string(random.GetItems<char>(NameLetters, 5))}";
        metadata["namespace"] = replicaSet.Namespace;
        metadata["ownerReferences"] = new JsonArray(OwnedBy(replicaSet, "apps/v1", "ReplicaSet"));
        var spec = template["spec"]?.DeepClone() as JsonObject ?? [];
        spec["nodeName"] = LocalNode.Name;
        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = metadata, ["spec"] = spec };
    }

    internal static JsonObject OwnedBy(ObjectView owner, string apiVersion, string kind) => new()
    {
        ["apiVersion"] = apiVersion,
        ["kind"] = kind,
        ["name"] = owner.Name,
        ["uid"] = owner.Uid,
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };
}
