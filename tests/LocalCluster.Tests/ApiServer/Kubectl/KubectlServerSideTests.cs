using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.Tests.ApiServer.Kubectl;

/// <summary>The real <c>kubectl apply --server-side</c>: fields have owners, and owners are asked.</summary>
[Trait("Requires", "kubectl")]
public sealed class KubectlServerSideTests(KubectlCluster cluster) : IClassFixture<KubectlCluster>
{
    private const string Sample = """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: sample, labels: {app: sample} }
        spec:
          replicas: 4
          selector: {matchLabels: {app: sample} }
          template:
            metadata: {labels: {app: sample} }
            spec: {containers: [{name: api, image: "sample-api:v1"}]}
          strategy: {canary: {steps: [{setWeight: 20}]} }
        """;

    private const string Deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web} }
          template:
            metadata: {labels: {app: web} }
            spec:
              containers:
              - name: api
                image: sample-api:v1
                env: [{name: A, value: "1"}, {name: B, value: "2"}]
        """;

    [Fact]
    public async Task An_object_is_made_changed_and_left_as_it_is()
    {
        var space = NewNamespace();

        Assert.Equal("rollout.argoproj.io/sample serverside-applied", (await Apply(space, Sample)).Good);
        var made = Get(space, "rollouts.argoproj.io", "sample");
        Assert.Equal("rollout.argoproj.io/sample serverside-applied", (await Apply(space, Sample)).Good);
        var same = Get(space, "rollouts.argoproj.io", "sample");
        Assert.Equal(made.Metadata.Text("resourceVersion"), same.Metadata.Text("resourceVersion"));

        await Apply(space, Sample.Replace("replicas: 4", "replicas: 6", StringComparison.Ordinal));
        Assert.Equal(6, (int)Get(space, "rollouts.argoproj.io", "sample")["spec"]!["replicas"]!);
    }

    [Fact]
    public async Task Managed_fields_tell_who_applied_what()
    {
        var space = NewNamespace();
        await Apply(space, Deployment);

        var shown = (await cluster.RunAsync(
            "-n", space, "get", "deploy", "web", "-o", "json", "--show-managed-fields")).Good;
        var entry = JsonNode.Parse(shown)!["metadata"]!["managedFields"]![0]!;
        Assert.Equal(("kubectl", "Apply", "apps/v1"),
            ((string)entry["manager"]!, (string)entry["operation"]!, (string)entry["apiVersion"]!));
        var containers = entry["fieldsV1"]!["f:spec"]!["f:template"]!["f:spec"]!["f:containers"]!;
        Assert.NotNull(containers["k:{\"name\":\"api\"}"]!["f:image"]);
        Assert.NotNull(containers["k:{\"name\":\"api\"}"]!["f:env"]!["k:{\"name\":\"A\"}"]!["."]);
    }

    [Fact]
    public async Task A_field_that_is_not_applied_any_more_goes_and_what_others_wrote_stays()
    {
        var space = NewNamespace();
        await Apply(space, Deployment);
        Assert.Empty((await cluster.RunAsync("-n", space, "label", "deploy", "web", "team=blue")).Error);

        await Apply(space, Deployment.Replace(", {name: B, value: \"2\"}", "", StringComparison.Ordinal));

        var deployment = Get(space, "deployments.apps", "web");
        var container = deployment["spec"]!["template"]!["spec"]!["containers"]![0]!;
        Assert.Equal("A", (string)Assert.Single(container["env"]!.AsArray())!["name"]!);
        Assert.Equal("blue", deployment.Metadata.TextMap("labels")["team"]);
    }

    [Fact]
    public async Task A_field_of_another_manager_is_a_conflict_that_names_it_until_it_is_forced()
    {
        var space = NewNamespace();
        await Apply(space, Deployment);
        Assert.Equal("deployment.apps/web scaled",
            (await cluster.RunAsync("-n", space, "scale", "deploy", "web", "--replicas=5")).Good);

        var refused = (await Apply(space, Deployment)).Bad;
        Assert.Contains("Apply failed with 1 conflict: conflict with \"kubectl\"", refused, StringComparison.Ordinal);
        Assert.Contains(".spec.replicas", refused, StringComparison.Ordinal);
        Assert.Equal(5, (int)Get(space, "deployments.apps", "web")["spec"]!["replicas"]!);

        Assert.Equal("deployment.apps/web serverside-applied",
            (await Apply(space, Deployment, "--force-conflicts")).Good);
        Assert.Equal(2, (int)Get(space, "deployments.apps", "web")["spec"]!["replicas"]!);
        Assert.Equal("deployment.apps/web serverside-applied", (await Apply(space, Deployment)).Good);
    }

    [Fact]
    public async Task Two_managers_share_a_list_each_with_items_of_its_own()
    {
        var space = NewNamespace();
        await Apply(space, Deployment);
        const string more = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec: {template: {spec: {containers: [{name: api, env: [{name: C, value: "3"}]}]} } }
            """;

        Assert.Equal("deployment.apps/web serverside-applied",
            (await Apply(space, more, "--field-manager=other")).Good);
        Assert.Equal(["A", "B", "C"], Names(space));

        await Apply(space, more.Replace("[{name: C, value: \"3\"}]", "[]", StringComparison.Ordinal),
            "--field-manager=other");
        Assert.Equal(["A", "B"], Names(space));
    }

    [Fact]
    public async Task An_object_that_was_applied_on_the_client_moves_over()
    {
        var space = NewNamespace();
        Assert.Equal("rollout.argoproj.io/sample created",
            (await cluster.RunWithInputAsync(Sample, "-n", space, "apply", "-f", "-")).Good);

        var moved = await Apply(space, Sample.Replace("replicas: 4", "replicas: 7", StringComparison.Ordinal),
            "--force-conflicts");

        Assert.Equal("rollout.argoproj.io/sample serverside-applied", moved.Good);
        Assert.Equal(7, (int)Get(space, "rollouts.argoproj.io", "sample")["spec"]!["replicas"]!);
    }

    [Fact]
    public async Task A_dry_run_and_a_diff_store_nothing()
    {
        var space = NewNamespace();

        Assert.Equal("rollout.argoproj.io/sample serverside-applied (server dry run)",
            (await Apply(space, Sample, "--dry-run=server")).Good);
        Assert.Null(cluster.Objects.Get("rollouts.argoproj.io", space, "sample"));
    }

    private List<string> Names(string space) =>
    [
        .. Get(space, "deployments.apps", "web")["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]!.AsArray()
            .Select(variable => (string)variable!["name"]!).Order(),
    ];

    private JsonObject Get(string space, string resource, string name) => cluster.Objects.Get(resource, space, name)!;

    private Task<KubectlResult> Apply(string space, string manifest, params string[] more) =>
        cluster.RunWithInputAsync(manifest, ["-n", space, "apply", "--server-side", "-f", "-", .. more]);

    private string NewNamespace() => cluster.Objects.Create("namespaces", "", Cluster.Object(
        "{apiVersion: v1, kind: Namespace, metadata: {generateName: apply-}}")).Metadata.Text("name")!;
}
