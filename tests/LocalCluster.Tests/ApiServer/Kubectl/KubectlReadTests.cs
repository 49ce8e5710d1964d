using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.Tests.ApiServer.Kubectl;

/// <summary>
/// What kubectl shows, in a cluster where the first test to come has put a Rollout, a Pod, a Service and a Deployment.
/// </summary>
[Trait("Requires", "kubectl")]
public sealed class KubectlReadTests(KubectlCluster cluster) : IClassFixture<KubectlCluster>
{
    [Fact]
    public async Task Version_is_that_of_the_behaviour_followed() =>
        Assert.Contains(
            "Server Version: v1.32.0-local-cluster",
            (await cluster.RunAsync("version")).Good,
            StringComparison.Ordinal);

    [Fact]
    public async Task Api_versions_are_the_groups_served()
    {
        var versions = (await cluster.RunAsync("api-versions")).Good.Split('\n');

        Assert.Subset(
            versions.ToHashSet(),
            new HashSet<string>
            {
                "v1",
                "apps/v1",
                "argoproj.io/v1alpha1",
                "rollouts-companion.io/v1alpha1",
                "coordination.k8s.io/v1",
            });
    }

    [Theory]
    [InlineData("rollouts ro argoproj.io/v1alpha1 true Rollout")]
    [InlineData("analysisruns ar argoproj.io/v1alpha1 true AnalysisRun")]
    [InlineData("analysistemplates at argoproj.io/v1alpha1 true AnalysisTemplate")]
    [InlineData("clusteranalysistemplates cat argoproj.io/v1alpha1 false ClusterAnalysisTemplate")]
    [InlineData("canarypolicies cpol rollouts-companion.io/v1alpha1 true CanaryPolicy")]
    [InlineData("pods po v1 true Pod")]
    public async Task Api_resources_show_names_short_names_and_scope(string expected)
    {
        var resources = (await cluster.RunAsync("api-resources", "--no-headers"))
            .Good.Split('\n')
            .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

        Assert.Contains(expected, resources);
    }

    [Fact]
    public async Task Get_prints_the_columns_of_the_custom_resource()
    {
        AddSamples();

        Assert.Equal(
            """
            NAME     DESIRED   CURRENT   UP-TO-DATE   AVAILABLE   AGE
            sample   4         5         1            5           0s
            """,
            (await cluster.RunAsync("get", "ro")).Good);
    }

    [Fact]
    public async Task Get_prints_pods_as_kubernetes_does_and_more_when_wide()
    {
        AddSamples();

        Assert.Equal(
            """
            NAME       READY   STATUS             RESTARTS     AGE
            sample-1   0/1     CrashLoopBackOff   3 (5s ago)   0s
            """,
            (await cluster.RunAsync("get", "pods")).Good);
        Assert.EndsWith(
            "0s    127.0.0.99   local   <none>           <none>",
            (await cluster.RunAsync("get", "pods", "-o", "wide")).Good,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_all_prints_workloads_by_category()
    {
        AddSamples();

        Assert.Equal(
            """
            NAME           READY   STATUS             RESTARTS     AGE
            pod/sample-1   0/1     CrashLoopBackOff   3 (5s ago)   0s

            NAME             TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE
            service/sample   ClusterIP   <none>       <none>        80/TCP    0s

            NAME                     READY   UP-TO-DATE   AVAILABLE   AGE
            deployment.apps/sample   0/1     0            0           0s
            """,
            (await cluster.RunAsync("get", "all")).Good);
    }

    [Fact]
    public async Task Get_takes_every_output_form()
    {
        AddSamples();

        Assert.Equal("rollout.argoproj.io/sample", (await cluster.RunAsync("get", "rollouts", "-o", "name")).Good);
        Assert.Equal("4", (await cluster.RunAsync("get", "ro", "sample", "-o", "jsonpath={.spec.replicas}")).Good);
        Assert.Equal(
            ["apiVersion: v1", "items:", "- apiVersion: argoproj.io/v1alpha1"],
            (await cluster.RunAsync("get", "rollout", "-o", "yaml")).Good.Split('\n').Take(3));
        var json = Cluster.Object((await cluster.RunAsync("get", "ro/sample", "-o", "json")).Good);
        Assert.Equal("Paused", json.Child("status")!.Text("phase"));
        Assert.Equal(
            "NAME     PHASE\nsample   Paused",
            (await cluster.RunAsync("get", "ro", "-o", "custom-columns=NAME:.metadata.name,PHASE:.status.phase")).Good);
    }

    [Fact]
    public async Task Get_selects_by_label_by_field_and_over_all_namespaces()
    {
        AddSamples();

        Assert.Equal("rollout.argoproj.io/sample", await Names("ro", "-l", "team in (web,shop),tier!=back"));
        Assert.Equal("", await Names("ro", "-l", "team=other"));
        Assert.Equal("rollout.argoproj.io/sample", await Names("ro", "--field-selector", "metadata.name=sample"));
        Assert.Equal("", await Names("ro", "--field-selector", "metadata.name!=sample"));
        Assert.Equal(
            "default   sample   4     5     1     5     0s",
            (await cluster.RunAsync("get", "ro", "-A", "--no-headers")).Good);
        Assert.Contains(
            "field label not supported: spec.replicas",
            (await cluster.RunAsync("get", "ro", "--field-selector", "spec.replicas=4")).Bad,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_named()
    {
        Assert.Equal(
            "Error from server (NotFound): rollouts.argoproj.io \"nope\" not found",
            (await cluster.RunAsync("get", "ro", "nope")).Bad);
        Assert.Equal(
            "error: the server doesn't have a resource type \"nodes\"",
            (await cluster.RunAsync("get", "nodes")).Bad);
        Assert.Equal(
            "Error from server (NotFound): the server could not find the requested resource: "
                + "the local cluster does not model nodes of v1",
            (await cluster.RunAsync("get", "--raw", "/api/v1/nodes")).Bad);
        Assert.Equal("ok", (await cluster.RunAsync("get", "--raw", "/readyz")).Good);
    }

    [Fact]
    public async Task Describe_shows_the_object_and_its_events()
    {
        AddSamples();
        var described = (await cluster.RunAsync("describe", "ro", "sample")).Good;

        Assert.Contains("API Version:  argoproj.io/v1alpha1", described, StringComparison.Ordinal);
        Assert.Matches(@"Warning +RolloutAborted +\S+ +rollouts +it was aborted", described);
        Assert.Matches(@"Restart Count: +3\n", (await cluster.RunAsync("describe", "pod", "sample-1")).Good);
        Assert.Contains(
            "TargetPort:        8080/TCP",
            (await cluster.RunAsync("describe", "svc", "sample")).Good,
            StringComparison.Ordinal);
        Assert.Contains(
            "StrategyType:           RollingUpdate",
            (await cluster.RunAsync("describe", "deploy", "sample")).Good,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_are_listed_and_selected_by_what_they_are_about()
    {
        AddSamples();

        Assert.EndsWith(
            "Warning   RolloutAborted   Rollout/sample   it was aborted",
            (await cluster.RunAsync("events", "--for", "rollout/sample")).Good,
            StringComparison.Ordinal);
        Assert.Contains(
            "No events found",
            (await cluster.RunAsync("events", "--for", "rollout/other")).Error,
            StringComparison.Ordinal);
        Assert.Equal(
            "0s    Warning   RolloutAborted   rollout/sample   it was aborted",
            (
                await cluster.RunAsync(
                    "get",
                    "events",
                    "--no-headers",
                    "--field-selector",
                    "involvedObject.kind=Rollout,type=Warning")).Good);
        Assert.Equal(
            "",
            (await cluster.RunAsync("get", "ev", "--field-selector", "involvedObject.name=other", "-o", "name")).Good);
    }

    [Fact]
    public async Task Logs_come_from_the_pods_process()
    {
        AddSamples();

        Assert.Equal("default/sample-1/api\nsecond\nthird", (await cluster.RunAsync("logs", "sample-1")).Good);
        Assert.Equal("third", (await cluster.RunAsync("logs", "sample-1", "--tail=1")).Good);
        Assert.Equal(
            "third\nfollowed",
            (await cluster.RunAsync("logs", "pod/sample-1", "-c", "api", "-f", "--tail=1")).Good);
        Assert.Equal(
            "Error from server (BadRequest): previous terminated container \"api\" in pod \"sample-1\" not found",
            (await cluster.RunAsync("logs", "sample-1", "--previous")).Bad);
        Assert.Contains(
            "pods \"nope\" not found",
            (await cluster.RunAsync("logs", "nope")).Bad,
            StringComparison.Ordinal);
        Assert.Contains(
            "logs with sinceSeconds are not modelled",
            (await cluster.RunAsync("logs", "sample-1", "--since=5s")).Bad,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_category_stands_for_all_its_kinds()
    {
        var space = cluster.Objects.Create("namespaces", "", Cluster.Object(
            "{apiVersion: v1, kind: Namespace, metadata: {generateName: category-}}")).Metadata.Text("name")!;
        cluster.Objects.Create("services", space, Cluster.Object(
            "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 80}]}}"));
        cluster.Objects.Create("canarypolicies.rollouts-companion.io", space, Cluster.Object("""
            apiVersion: rollouts-companion.io/v1alpha1
            kind: CanaryPolicy
            metadata: {name: watch}
            spec: {rolloutRef: {name: sample} }
            """));

        var all = (await cluster.RunAsync("-n", space, "get", "all", "-o", "name")).Good;
        var canary = (await cluster.RunAsync("-n", space, "get", "canary", "-o", "name")).Good;

        Assert.Equal("service/web", all);
        Assert.Equal("canarypolicy.rollouts-companion.io/watch", canary);
    }

    [Fact]
    public async Task Explain_reads_the_descriptions_of_the_schema()
    {
        Assert.Contains(
            "FIELD: alpha <string>",
            (await cluster.RunAsync("explain", "cpol.spec.analysis.alpha")).Good,
            StringComparison.Ordinal);
    }

    private async Task<string> Names(params string[] arguments)
    {
        var result = await cluster.RunAsync(["get", .. arguments, "-o", "name"]);
        Assert.Equal(0, result.ExitCode);
        return result.Output;
    }

    private void AddSamples()
    {
        if (cluster.Objects.Get("rollouts.argoproj.io", "default", "sample") is not null)
            return;
        var body = Cluster.Rollout("sample");
        body.Metadata["labels"] = Cluster.Object("{team: web}");
        var rollout = cluster.Objects.Create("rollouts.argoproj.io", "default", body);
        cluster.Objects.MergePatch(
            "rollouts.argoproj.io",
            "default",
            "sample",
            Cluster.Object("{status: {phase: Paused, replicas: 5, updatedReplicas: 1, availableReplicas: 5}}"),
            "status");
        cluster.Objects.Create(
            "services",
            "default",
            Cluster.Object(
                """
                apiVersion: v1
                kind: Service
                metadata: {name: sample}
                spec: {selector: {app: sample}, ports: [{port: 80, targetPort: 8080}]}
                """));
        cluster.Objects.Create(
            "deployments.apps",
            "default",
            Cluster.Object(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: sample}
                spec:
                  selector: {matchLabels: {app: d}}
                  template: {metadata: {labels: {app: d}}, spec: {containers: [{name: api, image: sample-api}]}}
                """));
        AddPod();
        cluster.Objects.Create(
            "events",
            "default",
            Cluster.Object(
                $$"""
                apiVersion: v1
                kind: Event
                metadata: {name: sample.1}
                involvedObject:
                  apiVersion: argoproj.io/v1alpha1
                  kind: Rollout
                  namespace: default
                  name: sample
                  uid: {{rollout.Metadata.Text("uid")}}
                type: Warning
                reason: RolloutAborted
                message: it was aborted
                source: {component: rollouts}
                count: 1
                firstTimestamp: "2026-01-02T03:04:05Z"
                lastTimestamp: "2026-01-02T03:04:05Z"
                """));
    }

    private void AddPod()
    {
        cluster.Objects.Create(
            "pods",
            "default",
            Cluster.Object(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: sample-1}
                spec: {nodeName: local, containers: [{name: api, image: sample-api}]}
                """));
        cluster.Objects.MergePatch(
            "pods",
            "default",
            "sample-1",
            Cluster.Object(
                """
                status:
                  phase: Running
                  podIP: 127.0.0.99
                  containerStatuses:
                  - name: api
                    ready: false
                    restartCount: 3
                    state: {waiting: {reason: CrashLoopBackOff}}
                    lastState: {terminated: {exitCode: 1, reason: Error, finishedAt: "2026-01-02T03:04:00Z"}}
                """),
            "status");
    }
}
