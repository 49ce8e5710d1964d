using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.Pods;

/// <summary>
/// The two decisions of a ReplicaSet that need no cluster: what its status says, and which pod goes first.
/// </summary>
internal static class ReplicaSetStatus
{
    public static JsonObject Of(ObjectView replicaSet, IReadOnlyList<ObjectView> pods, DateTimeOffset now)
    {
        var settled = now - TimeSpan.FromSeconds(replicaSet.Number("spec", "minReadySeconds"));
        var templateLabels = replicaSet.At("spec", "template", "metadata", "labels") as JsonObject;
        return new JsonObject
        {
            ["replicas"] = pods.Count,
            ["fullyLabeledReplicas"] = pods.Count(pod => pod.HasLabels(templateLabels)),
            ["readyReplicas"] = pods.Count(pod => pod.IsReadyPod),
            ["availableReplicas"] = pods.Count(pod => pod.IsReadyPod && ReadySince(pod) <= settled),
            ["observedGeneration"] = replicaSet.Generation,
        };
    }

    /// <summary>Not ready before ready, often restarted before steady, young before old.
    /// Source: kubernetes/kubernetes pkg/controller/controller_utils.go ActivePodsWithRanks.</summary>
    public static IEnumerable<ObjectView> FirstToGo(IEnumerable<ObjectView> pods) => pods
        .OrderBy(pod => pod.IsReadyPod)
        .ThenByDescending(RestartCount)
        .ThenByDescending(pod => pod.CreatedAt)
        .ThenByDescending(pod => pod.Name, StringComparer.Ordinal);

    private static DateTimeOffset ReadySince(ObjectView pod) =>
        (pod.At("status", "conditions") as JsonArray)?.OfType<JsonObject>()
            .Select(condition => new ObjectView(condition))
            .Where(condition => condition.Text("type") == "Ready")
            .Select(condition => condition.Instant("lastTransitionTime"))
            .FirstOrDefault() ?? DateTimeOffset.MaxValue;

    private static long RestartCount(ObjectView pod) =>
        (pod.At("status", "containerStatuses") as JsonArray)?.OfType<JsonObject>()
            .Sum(container => new ObjectView(container).Number("restartCount")) ?? 0;
}
