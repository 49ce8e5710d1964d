using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts facts (b) and (c): how a run is made of templates, arguments and metadata.</summary>
public sealed class RunCreationTests
{
    private static readonly JsonObject Rollout = Cluster.Object("""
        metadata:
          name: sample
          namespace: shop
          uid: u1
          labels: {team: blue, argo-rollouts.argoproj.io/controller-instance-id: mine}
          annotations: {example.com/tier: gold}
        spec: {replicas: 5, selector: {matchLabels: {app: sample, both: selector}}, list: [{x: y}]}
        status: {canary: {weights: {canary: {weight: 20}}}}
        """);

    [Theory]
    [InlineData("value: plain", "plain")]
    [InlineData("valueFrom: {podTemplateHashValue: Latest}", "new1")]
    [InlineData("valueFrom: {podTemplateHashValue: Stable}", "old1")]
    [InlineData("valueFrom: {fieldRef: {fieldPath: metadata.name}}", "sample")]
    [InlineData("valueFrom: {fieldRef: {fieldPath: metadata.namespace}}", "shop")]
    [InlineData("valueFrom: {fieldRef: {fieldPath: \"metadata.labels['team']\"}}", "blue")]
    [InlineData("valueFrom: {fieldRef: {fieldPath: \"metadata.annotations['example.com/tier']\"}}", "gold")]
    [InlineData("valueFrom: {fieldRef: {fieldPath: spec.replicas}}", "5")]
    [InlineData("valueFrom: {fieldRef: {fieldPath: \"spec.list[0].x\"}}", "y")]
    [InlineData("valueFrom: {fieldRef: {fieldPath: status.canary.weights.canary.weight}}", "20")]
    public void An_argument_is_resolved_when_the_run_is_made(string source, string value)
    {
        var given = $$"""{templates: [{templateName: a}], args: [{name: x, {{source}} }]}""";

        var run = Make(given, Template("a", "args: [{name: x}]"));

        Assert.Equal(value, run.Items("spec", "args")[0].Text("value"));
    }

    [Theory]
    [InlineData("spec.selector")]
    [InlineData("spec.nothing")]
    [InlineData("spec.list[7].x")]
    public void A_field_that_does_not_end_in_a_value_fails_the_creation(string path) =>
        Assert.Equal($"invalid path {path} in rollout", Problem($$"""
            {templates: [{templateName: a}], args: [{name: x, valueFrom: {fieldRef: {fieldPath: "{{path}}"} } }]}
            """, Template("a", "args: [{name: x}]")));

    [Fact]
    public void Template_defaults_stand_unknown_arguments_are_dropped_and_missing_ones_fail()
    {
        const string Given = "{templates: [{templateName: a}], args: [{name: unknown, value: z}]}";

        var run = Make(Given, Template("a", "args: [{name: x, value: default}]"));
        var argument = Assert.Single(run.Items("spec", "args"));
        Assert.Equal(("x", "default"), (argument.Text("name"), argument.Text("value")));

        Assert.Equal("args.x was not resolved", Problem(Given, Template("a", "args: [{name: x}]")));
    }

    [Fact]
    public void A_secret_argument_of_a_template_stays_a_reference()
    {
        var run = Make("{templates: [{templateName: a}]}",
            Template("a", "args: [{name: x, valueFrom: {secretKeyRef: {name: s, key: k}}}]"));

        Assert.Equal("s", run.Items("spec", "args")[0].Text("valueFrom", "secretKeyRef", "name"));
    }

    [Fact]
    public void Metadata_selector_and_instance_id_end_up_in_the_labels_and_the_selector_wins()
    {
        var run = Make("""
            {templates: [{templateName: a}],
             analysisRunMetadata: {labels: {both: metadata, own: l}, annotations: {own: a}}}
            """, Template("a", ""));

        Assert.Equal(new Dictionary<string, string>
        {
            ["app"] = "sample",
            ["argo-rollouts.argoproj.io/controller-instance-id"] = "mine",
            ["both"] = "selector",
            ["own"] = "l",
            ["rollout-type"] = "Step",
            ["rollouts-pod-template-hash"] = "new1",
            ["step-index"] = "3",
        }, run.TextMap("metadata", "labels"));
        Assert.Equal(new Dictionary<string, string> { ["own"] = "a", ["rollout.argoproj.io/revision"] = "7" },
            run.TextMap("metadata", "annotations"));
        Assert.Equal("sample-new1-7-3", run.Text("metadata", "name"));
    }

    [Fact]
    public void Several_templates_cluster_wide_and_nested_ones_become_one_spec()
    {
        var nested = Template("c", "measurementRetention: [{metricName: m-c, limit: 3}]");
        var outer = Template("a", "dryRun: [{metricName: m-a}], templates: [{templateName: c}]");
        var run = Make("""
            {templates: [{templateName: a}, {templateName: b, clusterScope: true}], dryRun: [{metricName: own}]}
            """, [outer, nested], [Template("b", "")]);

        Assert.Equal(["m-a", "m-c", "m-b"], run.Items("spec", "metrics").Select(metric => metric.Text("name")));
        Assert.Equal(["own", "m-a"], run.Items("spec", "dryRun").Select(rule => rule.Text("metricName")));
        Assert.Single(run.Items("spec", "measurementRetention"));
    }

    [Theory]
    [InlineData("{templates: [{templateName: z}]}", "AnalysisTemplate 'z' not found")]
    [InlineData("{templates: [{templateName: a, clusterScope: true}]}", "ClusterAnalysisTemplate 'a' not found")]
    [InlineData("{templates: [{templateName: a}, {templateName: twin}]}", "two metrics have the same name 'm-a'")]
    [InlineData("{templates: [{templateName: a}, {templateName: other}]}",
        "Argument `x` specified multiple times with different values: '1', '2'")]
    public void Templates_that_do_not_go_together_are_refused(string analysis, string problem)
    {
        var twin = Template("twin", "");
        twin.Items("spec", "metrics")[0]["name"] = "m-a";

        Assert.Equal(problem, Problem(analysis, Template("a", "args: [{name: x, value: \"1\"}]"), twin,
            Template("other", "args: [{name: x, value: \"2\"}]")));
    }

    [Fact]
    public void An_unfinished_run_of_the_same_owner_and_spec_is_taken_as_ours_and_any_other_makes_way()
    {
        var run = Make("{templates: [{templateName: a}]}", Template("a", ""));
        var finished = Changed(run, other => other["status"] = new JsonObject { ["phase"] = "Failed" });
        var foreign = Changed(run, other => other.Items("metadata", "ownerReferences")[0]["uid"] = "u2");
        var different = Changed(run, other => other.Items("spec", "metrics")[0]["interval"] = "5s");

        Assert.True(AnalysisRunFactory.WithoutCollision(Changed(run, _ => { }), [run]).Exists);
        foreach (var other in new[] { finished, foreign, different })
        {
            var (made, exists) = AnalysisRunFactory.WithoutCollision(Changed(run, _ => { }), [other]);
            Assert.False(exists);
            Assert.Equal("sample-new1-7-3.1", made.Text("metadata", "name"));
        }
    }

    private static JsonObject Make(string analysis, params JsonObject[] templates) => Make(analysis, templates, []);

    private static JsonObject Make(string analysis, JsonObject[] templates, JsonObject[] clusterTemplates)
    {
        var subject = new RunSubject(Rollout, "7", "old1", "new1");
        var made = AnalysisRunFactory.Make(
            subject, Cluster.Object(analysis), RunKind.Step(3), new AnalysisTemplates(templates, clusterTemplates));
        Assert.Null(made.Problem);
        return made.Value!;
    }

    private static string? Problem(string analysis, params JsonObject[] templates) => AnalysisRunFactory.Make(
        new RunSubject(Rollout, "7", "old1", "new1"), Cluster.Object(analysis), RunKind.Step(3),
        new AnalysisTemplates(templates, [])).Problem;

    private static JsonObject Template(string name, string rest) => Cluster.Object($$"""
        {metadata: {name: {{name}} }, spec: {metrics: [{name: m-{{name}}, provider: {plugin: {x: {} } } }], {{rest}} } }
        """);

    private static JsonObject Changed(JsonObject run, Action<JsonObject> change)
    {
        var copy = (JsonObject)run.DeepClone();
        change(copy);
        return copy;
    }
}
