using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.Tests.ApiServer.Kubectl;

/// <summary>Watching, waiting and deleting with kubectl; every test has a namespace of its own.</summary>
[Trait("Requires", "kubectl")]
public sealed class KubectlFollowTests(KubectlCluster cluster) : IClassFixture<KubectlCluster>
{
    private const string Rollouts = "rollouts.argoproj.io";

    [Fact]
    public async Task Get_w_prints_each_change_as_it_happens()
    {
        var space = NewNamespace();
        cluster.Objects.Create(Rollouts, space, Cluster.Rollout("sample"));
        using var kubectl = cluster.Start("-n", space, "get", "ro", "-w", "--no-headers", "--request-timeout=60s");

        Assert.Equal("sample   4                       0s", await Line(kubectl));
        cluster.Objects.MergePatch(Rollouts, space, "sample", Cluster.Object("{spec: {replicas: 7}}"));
        Assert.Equal("sample   7                       0s", await Line(kubectl));
        cluster.Objects.Create(Rollouts, space, Cluster.Rollout("other"));
        Assert.Equal("other    4                       0s", await Line(kubectl));
        kubectl.Kill();
    }

    [Fact]
    public async Task Wait_ends_when_a_json_path_has_its_value()
    {
        var space = NewNamespace();
        cluster.Objects.Create(Rollouts, space, Cluster.Rollout("sample"));
        var waiting = cluster.RunAsync(
            "-n",
            space,
            "wait",
            "ro/sample",
            "--for=jsonpath={.status.phase}=Healthy",
            "--timeout=60s");

        cluster.Objects.MergePatch(Rollouts, space, "sample", Cluster.Object("{status: {phase: Paused}}"), "status");
        cluster.Objects.MergePatch(Rollouts, space, "sample", Cluster.Object("{status: {phase: Healthy}}"), "status");

        Assert.Equal("rollout.argoproj.io/sample condition met", (await waiting).Good);
    }

    [Fact]
    public async Task Wait_ends_when_a_condition_holds_and_when_the_object_is_gone()
    {
        var space = NewNamespace();
        cluster.Objects.Create(
            "pods",
            space,
            Cluster.Object(
                "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: api, image: sample-api}]}}"
            ));
        var ready = cluster.RunAsync("-n", space, "wait", "pod/a", "--for=condition=Ready", "--timeout=60s");
        cluster.Objects.MergePatch(
            "pods",
            space,
            "a",
            Cluster.Object("{status: {conditions: [{type: Ready, status: 'True'}]}}"),
            "status");
        Assert.Equal("pod/a condition met", (await ready).Good);

        var gone = cluster.RunAsync("-n", space, "wait", "pod/a", "--for=delete", "--timeout=60s");
        cluster.Objects.Delete("pods", space, "a");
        Assert.Equal(0, (await gone).ExitCode);
    }

    [Theory]
    [InlineData("background")]
    [InlineData("foreground")]
    public async Task Delete_takes_what_the_object_owned_with_it(string cascade)
    {
        var space = NewNamespace();
        var owner = cluster.Objects.Create(Rollouts, space, Cluster.Rollout("sample"));
        cluster.Objects.Create("pods", space, Cluster.OwnedPod("a", owner, blocks: true));

        Assert.Equal(
            "rollout.argoproj.io \"sample\" deleted",
            (await cluster.RunAsync("-n", space, "delete", "ro", "sample", $"--cascade={cascade}")).Good);

        Assert.Empty(cluster.Objects.List(Rollouts, space));
        Assert.Empty(cluster.Objects.List("pods", space));
    }

    [Fact]
    public async Task Delete_with_cascade_orphan_leaves_what_the_object_owned()
    {
        var space = NewNamespace();
        var owner = cluster.Objects.Create(Rollouts, space, Cluster.Rollout("sample"));
        cluster.Objects.Create("pods", space, Cluster.OwnedPod("a", owner));

        Assert.Equal(
            "rollout.argoproj.io \"sample\" deleted",
            (await cluster.RunAsync("-n", space, "delete", "ro", "sample", "--cascade=orphan")).Good);

        Assert.Empty(cluster.Objects.Get("pods", space, "a")!.Metadata.Children("ownerReferences"));
    }

    [Fact]
    public async Task Delete_of_a_namespace_takes_its_content_with_it()
    {
        var space = NewNamespace();
        cluster.Objects.Create("configmaps", space, Cluster.ConfigMap("a"));

        Assert.Equal($"namespace \"{space}\" deleted", (await cluster.RunAsync("delete", "ns", space)).Good);

        Assert.Empty(cluster.Objects.List("configmaps", space));
        Assert.Null(cluster.Objects.Get("namespaces", "", space));
    }

    [Fact]
    public async Task A_definition_created_at_run_time_is_served_until_it_is_deleted()
    {
        const string definition = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: gadgets.example.io}
            spec:
              group: example.io
              scope: Namespaced
              names: {plural: gadgets, kind: Gadget, shortNames: [gd]}
              versions:
              - name: v1
                served: true
                storage: true
                additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec: {type: object, properties: {size: {type: integer, maximum: 9, default: 3}}}
            """;
        var space = NewNamespace();
        Assert.Equal(
            "customresourcedefinition.apiextensions.k8s.io/gadgets.example.io created",
            (await cluster.RunWithInputAsync(definition, "apply", "-f", "-")).Good);
        Assert.Equal(
            "customresourcedefinition.apiextensions.k8s.io/gadgets.example.io condition met",
            (
                await cluster.RunAsync("wait", "--for=condition=established", "crd/gadgets.example.io", "--timeout=10s")
            ).Good);

        await cluster.RunWithInputAsync(
            Cluster.Object("{apiVersion: example.io/v1, kind: Gadget, metadata: {name: a}, spec: {}}").ToJsonString(),
            "-n",
            space,
            "create",
            "-f",
            "-");
        Assert.Equal("NAME   SIZE\na      3", (await cluster.RunAsync("-n", space, "get", "gd")).Good);
        Assert.Equal(
            "customresourcedefinition.apiextensions.k8s.io \"gadgets.example.io\" deleted",
            (await cluster.RunAsync("delete", "crd", "gadgets.example.io")).Good);
        Assert.Equal(
            "Error from server (NotFound): Unable to list \"example.io/v1, Resource=gadgets\": "
                + "the server could not find the requested resource: "
                + "the local cluster does not model gadgets of example.io/v1",
            (await cluster.RunAsync("get", "gadgets")).Bad);
    }

    private static async Task<string?> Line(System.Diagnostics.Process kubectl) =>
        (await kubectl.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))?.TrimEnd();

    private string NewNamespace()
    {
        var created = cluster.Objects.Create(
            "namespaces",
            "",
            Cluster.Object("{apiVersion: v1, kind: Namespace, metadata: {generateName: follow-}}"));
        return created.Metadata.Text("name")!;
    }
}
