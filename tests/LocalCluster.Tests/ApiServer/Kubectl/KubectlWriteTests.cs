using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.Tests.ApiServer.Kubectl;

/// <summary>What kubectl changes; every test has a namespace of its own.</summary>
[Trait("Requires", "kubectl")]
public sealed class KubectlWriteTests(KubectlCluster cluster) : IClassFixture<KubectlCluster>
{
    private const string Sample = """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: sample}
        spec:
          replicas: 4
          selector: {matchLabels: {app: sample}}
          template:
            metadata: {labels: {app: sample}}
            spec: {containers: [{name: api, image: "sample-api:v1"}]}
          strategy: {canary: {steps: [{setWeight: 20}]}}
        """;

    private const string Workload = """
        apiVersion: v1
        kind: Service
        metadata: {name: sample}
        spec:
          selector: {app: sample}
          ports:
          - {name: http, port: 80, targetPort: 8080}
          - {name: admin, port: 81, targetPort: 8081}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: sample}
        spec:
          replicas: 2
          selector: {matchLabels: {app: sample}}
          template:
            metadata: {labels: {app: sample}}
            spec:
              containers:
              - name: api
                image: sample-api:v1
                env: [{name: A, value: "1"}, {name: B, value: "2"}]
              - {name: side, image: side:v1}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: sample}
        data: {a: "1", b: "2"}
        """;

    private const string InvalidRun = """
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisRun
        metadata: {name: run}
        spec: {metrics: [{name: a}]}
        status: {}
        """;

    [Fact]
    public async Task Apply_creates_then_changes_nothing_then_configures()
    {
        var space = NewNamespace();

        Assert.Equal("rollout.argoproj.io/sample created", (await Apply(space, Sample)).Good);
        Assert.Equal("rollout.argoproj.io/sample unchanged", (await Apply(space, Sample)).Good);
        Assert.Equal(
            "rollout.argoproj.io/sample configured",
            (await Apply(space, Sample.Replace("replicas: 4", "replicas: 5", StringComparison.Ordinal))).Good);
        Assert.Equal(5, Rollout(space).Child("spec")!.Whole("replicas"));
    }

    [Fact]
    public async Task Apply_merges_the_lists_of_built_in_kinds_by_their_keys()
    {
        var space = NewNamespace();
        await Apply(space, Workload);
        cluster.Objects.MergePatch(
            "deployments.apps",
            space,
            "sample",
            Cluster.Object("{metadata: {labels: {kept: by-another}}}"));

        Assert.Equal(
            "service/sample unchanged\ndeployment.apps/sample unchanged\nconfigmap/sample unchanged",
            (await Apply(space, Workload)).Good);
        var changed = Workload
            .Replace("targetPort: 8081", "targetPort: 9091", StringComparison.Ordinal)
            .Replace("sample-api:v1", "sample-api:v2", StringComparison.Ordinal)
            .Replace("{name: A, value: \"1\"}, ", "", StringComparison.Ordinal)
            .Replace("      - {name: side, image: side:v1}\n", "", StringComparison.Ordinal)
            .Replace("a: \"1\", b: \"2\"", "b: \"3\"", StringComparison.Ordinal);
        Assert.Equal(
            "service/sample configured\ndeployment.apps/sample configured\nconfigmap/sample configured",
            (await Apply(space, changed)).Good);

        Assert.Equal(
            "80=8080 81=9091",
            await Path(space, "svc/sample", "{range .spec.ports[*]}{.port}={.targetPort} {end}"));
        Assert.Equal(
            "api=sample-api:v2",
            await Path(space, "deploy/sample", "{range .spec.template.spec.containers[*]}{.name}={.image} {end}"));
        Assert.Equal(
            "B=2",
            await Path(space, "deploy/sample", "{range .spec.template.spec.containers[0].env[*]}{.name}={.value} {end}")
        );
        Assert.Equal("by-another", await Path(space, "deploy/sample", "{.metadata.labels.kept}"));
        Assert.Equal("{\"b\":\"3\"}", await Path(space, "cm/sample", "{.data}"));
    }

    [Fact]
    public async Task An_unknown_field_is_refused_by_name_in_custom_and_built_in_kinds()
    {
        var space = NewNamespace();

        Assert.Equal(
            "Error from server (BadRequest): error when creating \"STDIN\": "
                + "Rollout in version \"v1alpha1\" cannot be handled as a Rollout: "
                + "strict decoding error: unknown field \"spec.replica\"",
            (await Create(space, Sample.Replace("replicas: 4", "replica: 4", StringComparison.Ordinal))).Bad);
        Assert.Contains(
            "strict decoding error: unknown field \"spec.ports[1].targetport\"",
            (
                await Apply(space, Workload.Replace("targetPort: 8081", "targetport: 8081", StringComparison.Ordinal))
            ).Bad,
            StringComparison.Ordinal);
        Assert.Equal(
            "Warning: unknown field \"spec.replica\"\n",
            (
                await cluster.RunWithInputAsync(
                    Sample.Replace("replicas: 4", "replica: 4", StringComparison.Ordinal),
                    "-n",
                    space,
                    "create",
                    "--validate=warn",
                    "-f",
                    "-")).Error + "\n");
    }

    [Fact]
    public async Task An_invalid_object_is_refused_with_the_path_of_each_field()
    {
        var space = NewNamespace();

        Assert.Equal(
            "The Rollout \"sample\" is invalid: spec.replicas: Invalid value: \"string\": "
                + "spec.replicas in body must be of type integer: \"four\"",
            (await Create(space, Sample.Replace("replicas: 4", "replicas: four", StringComparison.Ordinal))).Bad);
        Assert.Equal(
            "The AnalysisRun \"run\" is invalid: \n* spec.metrics[0].provider: Required value\n"
                + "* status.phase: Required value",
            (await Create(space, InvalidRun)).Bad);
        Assert.Equal(
            "The Deployment \"sample\" is invalid: spec.template.metadata.labels: Invalid value: {\"app\":\"sample\"}: "
                + "`selector` does not match template `labels`",
            (
                await Create(
                    space,
                    Workload
                        .Split("---\n")[1]
                        .Replace("matchLabels: {app: sample}", "matchLabels: {app: other}", StringComparison.Ordinal))
            ).Bad);
    }

    [Fact]
    public async Task Create_twice_and_create_in_no_namespace_are_refused()
    {
        var space = NewNamespace();
        Assert.Equal("rollout.argoproj.io/sample created", (await Create(space, Sample)).Good);

        Assert.Equal(
            "Error from server (AlreadyExists): error when creating \"STDIN\": "
                + "rollouts.argoproj.io \"sample\" already exists",
            (await Create(space, Sample)).Bad);
        Assert.Equal(
            "Error from server (NotFound): error when creating \"STDIN\": namespaces \"nowhere\" not found",
            (await Create("nowhere", Sample)).Bad);
    }

    [Fact]
    public async Task Patch_takes_merge_and_json_patches_and_the_status_subresource()
    {
        var space = NewNamespace();
        await Create(space, Sample);

        Assert.Equal(
            "rollout.argoproj.io/sample patched",
            (await Patch(space, "merge", """{"spec":{"paused":true}}""")).Good);
        Assert.Equal(
            "rollout.argoproj.io/sample patched (no change)",
            (await Patch(space, "merge", """{"spec":{"paused":true}}""")).Good);
        Assert.Equal(
            "rollout.argoproj.io/sample patched",
            (
                await Patch(
                    space,
                    "json",
                    """[{"op":"test","path":"/spec/paused","value":true},{"op":"remove","path":"/spec/paused"}]""")
            ).Good);
        Assert.Contains(
            "the path /spec/paused does not exist",
            (await Patch(space, "json", """[{"op":"remove","path":"/spec/paused"}]""")).Bad,
            StringComparison.Ordinal);
        Assert.Contains(
            "application/strategic-merge-patch+json is not supported by argoproj.io/v1alpha1, Kind=Rollout",
            (await Patch(space, "strategic", """{"spec":{"paused":true}}""")).Bad,
            StringComparison.Ordinal);
        Assert.Equal(
            "rollout.argoproj.io/sample patched",
            (
                await Patch(
                    space,
                    "merge",
                    """{"status":{"abort":true},"spec":{"replicas":9}}""",
                    "--subresource=status")).Good);
        Assert.True(Rollout(space).Child("status")!.Flag("abort"));
        Assert.Equal(4, Rollout(space).Child("spec")!.Whole("replicas"));
    }

    [Fact]
    public async Task Replace_label_annotate_and_scale_change_the_object()
    {
        var space = NewNamespace();
        await Create(space, Sample);

        Assert.Equal(
            "rollout.argoproj.io/sample replaced",
            (
                await cluster.RunWithInputAsync(
                    Sample.Replace("replicas: 4", "replicas: 6", StringComparison.Ordinal),
                    "-n",
                    space,
                    "replace",
                    "-f",
                    "-")).Good);
        Assert.Equal(6, Rollout(space).Child("spec")!.Whole("replicas"));
        Assert.Equal(
            "rollout.argoproj.io/sample labeled",
            (await cluster.RunAsync("-n", space, "label", "ro", "sample", "a=b")).Good);
        Assert.Equal(
            "rollout.argoproj.io/sample not labeled",
            (await cluster.RunAsync("-n", space, "label", "ro", "sample", "a=b")).Good);
        Assert.Equal(
            "rollout.argoproj.io/sample unlabeled",
            (await cluster.RunAsync("-n", space, "label", "ro", "sample", "a-")).Good);
        Assert.Equal(
            "rollout.argoproj.io/sample annotated",
            (await cluster.RunAsync("-n", space, "annotate", "ro", "sample", "note=x y")).Good);
        Assert.Equal(
            "rollout.argoproj.io/sample scaled",
            (await cluster.RunAsync("-n", space, "scale", "ro", "sample", "--replicas=3")).Good);
        Assert.Equal(3, Rollout(space).Child("spec")!.Whole("replicas"));
        Assert.Equal("x y", Rollout(space).Metadata.TextMap("annotations")["note"]);
    }

    [Fact]
    public async Task A_server_dry_run_checks_and_stores_nothing()
    {
        var space = NewNamespace();

        Assert.Equal(
            "rollout.argoproj.io/sample created (server dry run)",
            (await cluster.RunWithInputAsync(Sample, "-n", space, "apply", "--dry-run=server", "-f", "-")).Good);
        Assert.Null(cluster.Objects.Get("rollouts.argoproj.io", space, "sample"));
    }

    [Theory]
    [InlineData("v1", "ServiceAccount")]
    [InlineData("rbac.authorization.k8s.io/v1", "Role")]
    [InlineData("rbac.authorization.k8s.io/v1", "ClusterRole")]
    [InlineData("policy/v1", "PodDisruptionBudget")]
    [InlineData("networking.k8s.io/v1", "NetworkPolicy")]
    [InlineData("networking.k8s.io/v1", "Ingress")]
    [InlineData("autoscaling/v2", "HorizontalPodAutoscaler")]
    [InlineData("gateway.networking.k8s.io/v1", "HTTPRoute")]
    [InlineData("monitoring.coreos.com/v1", "ServiceMonitor")]
    [InlineData("monitoring.coreos.com/v1", "PodMonitor")]
    [InlineData("monitoring.coreos.com/v1", "PrometheusRule")]
    public async Task A_kind_that_is_only_stored_says_so(string version, string kind)
    {
        var space = NewNamespace();
        var manifest = $"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: {space}}}";

        var created = await Create(space, manifest);

        Assert.EndsWith($"/{space} created", created.Output, StringComparison.Ordinal);
        Assert.Equal($"Warning: {kind} is stored, but nothing in the local cluster acts on it", created.Error);
        Assert.EndsWith("serverside-applied", (await cluster.RunWithInputAsync(
            manifest, "-n", space, "apply", "--server-side", "-f", "-")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kind_that_is_not_modelled_is_refused()
    {
        var refused = (await Create(NewNamespace(), "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}")).Bad;

        Assert.Contains("no matches for kind \"Job\" in version \"batch/v1\"", refused, StringComparison.Ordinal);
    }

    private string NewNamespace()
    {
        var created = cluster.Objects.Create(
            "namespaces",
            "",
            Cluster.Object("{apiVersion: v1, kind: Namespace, metadata: {generateName: write-}}"));
        return created.Metadata.Text("name")!;
    }

    private System.Text.Json.Nodes.JsonObject Rollout(string space) =>
        cluster.Objects.Get("rollouts.argoproj.io", space, "sample")!;

    private Task<KubectlResult> Apply(string space, string manifest) =>
        cluster.RunWithInputAsync(manifest, "-n", space, "apply", "-f", "-");

    private Task<KubectlResult> Create(string space, string manifest) =>
        cluster.RunWithInputAsync(manifest, "-n", space, "create", "-f", "-");

    private Task<KubectlResult> Patch(string space, string type, string patch, params string[] more) =>
        cluster.RunAsync(["-n", space, "patch", "ro", "sample", "--type", type, "-p", patch, .. more]);

    private async Task<string> Path(string space, string name, string path) =>
        (await cluster.RunAsync("-n", space, "get", name, "-o", $"jsonpath={path}")).Good.Trim();
}
