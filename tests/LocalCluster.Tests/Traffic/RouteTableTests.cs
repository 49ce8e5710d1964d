using Rollouts.LocalCluster.Pods;
using Rollouts.LocalCluster.Tests.ApiServer;
using Rollouts.LocalCluster.Traffic;

namespace Rollouts.LocalCluster.Tests.Traffic;

public sealed class RouteTableTests
{
    private const int Seed = 20_261;
    private const int Picks = 100_000;

    private static readonly ObjectView Service = View("""
        metadata: {name: sample, namespace: default}
        spec: {selector: {app: sample}}
        """);

    private static readonly ObjectView ByReplicas = View("""
        metadata: {name: sample, namespace: default}
        spec: {selector: {matchLabels: {app: sample}}}
        status: {stableRS: old, currentPodHash: new}
        """);

    [Fact]
    public void Without_weights_every_ready_pod_gets_the_same_share()
    {
        var stable = new[] { Pod("a", "old"), Pod("b", "old"), Pod("c", "old"), Pod("d", "old") };
        var table = Build(ByReplicas, [.. stable, Pod("e", "new")]);

        Assert.All(Shares(table), share => Near(0.2, share.Value, share.Key));
        Assert.Equal(1, table.CountOf(TrafficArm.Canary));
        Assert.False(table.IsAllStable);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(50)]
    [InlineData(100)]
    public void With_weights_the_canary_gets_its_weight_however_many_pods_it_has(int weight)
    {
        var rollout = View($$"""
            metadata: {name: sample, namespace: default}
            spec: {selector: {matchLabels: {app: sample} } }
            status:
              stableRS: old
              currentPodHash: new
              canary: {weights: {canary: {weight: {{weight}} , podTemplateHash: new}, stable: {weight: {{100 - weight}} } } }
            """);
        var table = Build(rollout, Pod("a", "old"), Pod("b", "new"), Pod("c", "new"), Pod("d", "new"));

        var canary = Shares(table).Where(share => share.Key != "a").Sum(share => share.Value);

        Near(weight / 100.0, canary, "canary");
    }

    [Fact]
    public void The_stable_Service_of_a_routed_canary_stands_for_the_router_before_both_versions()
    {
        var service = View("""
            metadata: {name: sample, namespace: default}
            spec: {selector: {app: sample, rollouts-pod-template-hash: old}}
            """);
        var rollout = View("""
            metadata: {name: sample, namespace: default}
            spec: {selector: {matchLabels: {app: sample}}, strategy: {canary: {stableService: sample}}}
            status: {stableRS: old, currentPodHash: new, canary: {weights: {canary: {weight: 30}}}}
            """);
        var unrouted = View("""
            metadata: {name: sample, namespace: default}
            spec: {selector: {matchLabels: {app: sample}}, strategy: {canary: {stableService: sample}}}
            status: {stableRS: old, currentPodHash: new}
            """);
        ObjectView[] pods = [Pod("a", "old"), Pod("b", "new")];

        Near(0.3, Shares(RouteTable.Build(service, pods, [rollout]))["b"], "canary");
        Assert.Equal(["a"], RouteTable.Build(service, pods, [unrouted]).Targets.Select(target => target.Pod));
    }

    [Fact]
    public void An_arm_with_weight_but_without_a_ready_pod_answers_nothing()
    {
        var rollout = View("""
            metadata: {name: sample, namespace: default}
            spec: {selector: {matchLabels: {app: sample}}}
            status: {stableRS: old, currentPodHash: new, canary: {weights: {canary: {weight: 100}}}}
            """);

        Assert.Null(Build(rollout, Pod("a", "old")).Pick(new Random(Seed)));
    }

    [Fact]
    public void Pods_that_are_not_ready_not_selected_or_elsewhere_get_nothing()
    {
        var table = Build(
            ByReplicas,
            Pod("a", "old"),
            Pod("unready", "old", ready: "False"),
            Pod("other-app", "old", app: "other"),
            Pod("elsewhere", "old", @namespace: "other"));

        Assert.Equal(["a"], table.Targets.Select(target => target.Pod));
        Assert.Equal("127.1.1.1:8081", table.Targets[0].EndPoint.ToString());
        Assert.True(table.IsAllStable);
    }

    [Fact]
    public void The_pods_of_the_first_version_and_of_one_before_the_stable_are_never_called_canary()
    {
        var first = View("""
            metadata: {name: sample, namespace: default}
            spec: {selector: {matchLabels: {app: sample}}}
            status: {currentPodHash: new}
            """);

        Assert.Equal(TrafficArm.Stable, Build(first, Pod("a", "new")).Targets[0].Arm);
        Assert.Equal(TrafficArm.Other, Build(ByReplicas, Pod("a", "older")).Targets[0].Arm);
    }

    [Fact]
    public void Without_a_pod_there_is_nobody_to_pick()
    {
        Assert.Null(RouteTable.Empty.Pick(new Random(Seed)));
        Assert.False(RouteTable.Empty.IsAllStable);
    }

    private static Dictionary<string, double> Shares(RouteTable table)
    {
        var random = new Random(Seed);
        return Enumerable.Range(0, Picks)
            .Select(_ => table.Pick(random)!.Pod)
            .CountBy(pod => pod)
            .ToDictionary(pair => pair.Key, pair => (double)pair.Value / Picks);
    }

    /// <summary>Within five standard deviations of a binomial share.</summary>
    private static void Near(double expected, double actual, string what)
    {
        var tolerance = 5 * Math.Sqrt(expected * (1 - expected) / Picks);
        Assert.True(
            Math.Abs(expected - actual) <= tolerance,
            $"seed {Seed}: {what} got {actual}, not {expected} ± {tolerance}");
    }

    private static RouteTable Build(ObjectView rollout, params ObjectView[] pods) =>
        RouteTable.Build(Service, pods, [rollout]);

    private static ObjectView Pod(
        string name,
        string hash,
        string ready = "True",
        string app = "sample",
        string @namespace = "default") => View($$"""
        metadata:
          name: {{name}}
          namespace: {{@namespace}}
          labels: {app: {{app}}, rollouts-pod-template-hash: {{hash}} }
        spec: {containers: [{name: api, ports: [{containerPort: 8081}]}]}
        status: {podIP: 127.1.1.1, conditions: [{type: Ready, status: "{{ready}}"}]}
        """);

    private static ObjectView View(string yaml) => new(Cluster.Object(yaml));
}
