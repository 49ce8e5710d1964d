using Rollouts.LocalCluster.Pods;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.Pods;

public sealed class ReplicaSetStatusTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 1, 0, TimeSpan.Zero);

    [Fact]
    public void Unready_then_restarted_then_young_pods_go_first()
    {
        var old = Pod("old", created: 0, ready: true);
        var young = Pod("young", created: 5, ready: true);
        var restarted = Pod("restarted", created: 0, ready: true, restarts: 2);
        var unready = Pod("unready", created: 0, ready: false);

        var order = ReplicaSetStatus.FirstToGo([old, young, restarted, unready]).Select(pod => pod.Name);

        Assert.Equal(["unready", "restarted", "young", "old"], order);
    }

    [Fact]
    public void A_pod_is_available_when_it_was_ready_for_minReadySeconds()
    {
        var replicaSet = new ObjectView(Cluster.Object("""
            metadata: {name: rs, generation: 3}
            spec: {minReadySeconds: 10, template: {metadata: {labels: {app: sample}}}}
            """));

        var status = ReplicaSetStatus.Of(
            replicaSet,
            [Pod("a", 0, true, readyFor: 9), Pod("b", 0, true, readyFor: 10), Pod("c", 0, false)],
            Now);

        Assert.Equal(
            """
            {"replicas":3,"fullyLabeledReplicas":3,"readyReplicas":2,"availableReplicas":1,"observedGeneration":3}
            """,
            status.ToJsonString());
    }

    private static ObjectView Pod(string name, int created, bool ready, int restarts = 0, int readyFor = 0) =>
        new(Cluster.Object($$"""
            metadata:
              name: {{name}}
              labels: {app: sample}
              creationTimestamp: "2026-01-01T00:00:{{created:00}}Z"
            status:
              conditions:
              - type: Ready
                status: "{{(ready ? "True" : "False")}}"
                lastTransitionTime: "{{Now.AddSeconds(-readyFor):yyyy-MM-ddTHH:mm:ssZ}}"
              containerStatuses: [{name: api, restartCount: {{restarts}} }]
            """));
}
