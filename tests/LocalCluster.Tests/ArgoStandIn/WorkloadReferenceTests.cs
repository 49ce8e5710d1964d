using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>A Rollout whose pod template is that of a Deployment.</summary>
public sealed class WorkloadReferenceTests
{
    [Fact]
    public async Task The_template_is_that_of_the_deployment_and_the_rollout_has_none_of_its_own()
    {
        var world = await ReferringAsync();

        Assert.Equal("Healthy", world.Phase);
        Assert.Null(world.Rollout.At("spec", "template"));
        Assert.Equal("sample-api:v1",
            world.ReplicaSet("v1").Items("spec", "template", "spec", "containers")[0].Text("image"));
        Assert.Equal("1", world.Rollout.Text("metadata", "annotations", "rollout.argoproj.io/workload-generation"));
        Assert.Equal("1", world.Rollout.Text("status", "workloadObservedGeneration"));
    }

    [Fact]
    public async Task A_new_template_of_the_deployment_is_a_new_version()
    {
        var world = await ReferringAsync();

        world.Objects.MergePatch("deployments.apps", "default", "sample", Cluster.Object(
            "{spec: {template: {spec: {containers: [{name: api, image: \"sample-api:v2\"}]}}}}"));
        await world.SettleAsync();

        Assert.Equal("Paused", world.Phase);
        Assert.Equal([KeyValuePair.Create("v1", 2), KeyValuePair.Create("v2", 2)], world.Scale);
        Assert.Equal("2", world.Rollout.Text("status", "workloadObservedGeneration"));
        Assert.Equal("2", world.Rollout.Text("metadata", "annotations", "rollout.argoproj.io/workload-generation"));
    }

    [Theory]
    [InlineData("never", 3)]
    [InlineData("onsuccess", 0)]
    [InlineData("progressively", 0)]
    public async Task The_deployments_own_pods_go_as_scaleDown_says(string mode, int replicas)
    {
        var world = await ReferringAsync(mode);

        Assert.Equal(replicas, world.Objects.Get("deployments.apps", "default", "sample").Int("spec", "replicas"));
    }

    [Theory]
    [InlineData("onsuccess", 3)]
    [InlineData("progressively", 3)]
    public async Task They_stay_while_no_pod_of_the_rollout_is_available(string mode, int replicas)
    {
        var world = new ArgoWorld();
        world.Broken.Add("v1");
        await DeployAsync(world, mode);

        Assert.Equal(replicas, world.Objects.Get("deployments.apps", "default", "sample").Int("spec", "replicas"));
    }

    [Theory]
    [InlineData("{spec: {workloadRef: {name: nope}}}",
        "spec.workloadRef.name: Invalid value: \"nope\": deployments.apps \"nope\" not found")]
    [InlineData("{spec: {workloadRef: {kind: PodTemplate}}}", "spec.workloadRef: Unsupported value: "
        + "the local cluster knows apps/v1/Deployment, not apps/v1/PodTemplate")]
    [InlineData("{spec: {template: {spec: {containers: [{name: a}]}}}}",
        "spec.template: Invalid value: template must be empty for workload reference rollout")]
    public async Task What_is_wrong_with_the_reference_is_said(string change, string problem)
    {
        var world = await ReferringAsync();

        world.Patch(change);
        await world.SettleAsync();

        Assert.Equal($"InvalidSpec: The Rollout \"sample\" is invalid: {problem}", world.Message);
    }

    private static async Task<ArgoWorld> ReferringAsync(string mode = "never")
    {
        var world = new ArgoWorld();
        await DeployAsync(world, mode);
        return world;
    }

    private static Task DeployAsync(ArgoWorld world, string mode)
    {
        world.Create("deployments.apps", """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: sample}
            spec:
              replicas: 3
              selector: {matchLabels: {app: sample} }
              template:
                metadata: {labels: {app: sample} }
                spec: {containers: [{name: api, image: "sample-api:v1"}]}
            """);
        world.Create(ArgoWorld.Rollouts, $$"""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: sample}
            spec:
              replicas: 3
              workloadRef: {apiVersion: apps/v1, kind: Deployment, name: sample, scaleDown: {{mode}} }
              strategy: {canary: {steps: [{setWeight: 50}, {pause: {} }]} }
            """);
        return world.SettleAsync();
    }
}
