using System.Text.Json.Nodes;
using Rollouts.LocalCluster.Pods;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.Pods;

public sealed class DeploymentControllerTests
{
    private const string Revision = "deployment.kubernetes.io/revision";

    [Fact]
    public async Task A_deployment_gets_one_replica_set_and_a_new_template_another_in_its_place()
    {
        await using var node = new PodNode();
        node.Objects.Create("deployments.apps", "default", Cluster.Object("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 1
              selector: {matchLabels: {app: sample}}
              template:
                metadata: {labels: {app: sample}}
                spec: {terminationGracePeriodSeconds: 3, containers: [{name: api, image: "sample-api:v1"}]}
            """));
        var first = await AvailableAsync(node, generation: 1);
        var replicaSet = new ObjectView(Assert.Single(node.Objects.List("replicasets.apps")));
        Assert.Equal(first.Uid, replicaSet.ControllerUid);
        Assert.Matches("^web-[0-9a-f]{10}$", replicaSet.Name);

        var template = first.At("spec", "template")!.DeepClone();
        template["spec"]!["containers"]![0]!["image"] = "sample-api:v2";
        var patch = new JsonObject { ["spec"] = new JsonObject { ["template"] = template } };
        node.Objects.MergePatch("deployments.apps", "default", "web", patch);

        await AvailableAsync(node, generation: 2);
        var replicas = node.Objects.List("replicasets.apps")
            .Select(json => new ObjectView(json))
            .ToDictionary(set => set.Name == replicaSet.Name ? "old" : "new", set => set.Number("spec", "replicas"));
        Assert.Equal(0, replicas["old"]);
        Assert.Equal(1, replicas["new"]);
        await RevisionAsync(node, 2);

        // As "kubectl rollout undo" does it: the fields in another order, and a null.
        template = new JsonObject(first.At("spec", "template")!.DeepClone().AsObject().Reverse()
            .Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone())));
        template["metadata"]!["creationTimestamp"] = null;
        patch = new JsonObject { ["spec"] = new JsonObject { ["template"] = template } };
        node.Objects.MergePatch("deployments.apps", "default", "web", patch);
        await RevisionAsync(node, 3);
        var revisions = node.Objects.List("replicasets.apps")
            .Select(json => new ObjectView(json).Text("metadata", "annotations", Revision));
        Assert.Equal(["2", "3"], revisions.Order(StringComparer.Ordinal));
    }

    private static Task<bool> RevisionAsync(PodNode node, int wanted) => node.UntilAsync(
        () => new ObjectView(node.Objects.Get("deployments.apps", "default", "web")!)
            .Text("metadata", "annotations", Revision) == $"{wanted}" ? true : (bool?)null,
        () => node.Objects.Get("deployments.apps", "default", "web")!.ToJsonString());

    private static Task<ObjectView> AvailableAsync(PodNode node, long generation) => node.UntilAsync(
        () => node.Objects.Get("deployments.apps", "default", "web") is { } found
            && new ObjectView(found) is var deployment
            && deployment.Number("status", "observedGeneration") == generation
            && deployment.Number("status", "updatedReplicas") == 1
            && deployment.Number("status", "replicas") == 1
            && deployment.Number("status", "availableReplicas") == 1
                ? deployment
                : (ObjectView?)null,
        () => node.Objects.Get("deployments.apps", "default", "web")!.ToJsonString());
}
