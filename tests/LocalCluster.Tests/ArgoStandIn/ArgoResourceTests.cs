using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts facts (a): names, columns and subresources of its kinds.</summary>
public sealed class ArgoResourceTests
{
    private const string Definitions = "customresourcedefinitions.apiextensions.k8s.io";
    private readonly ClusterObjects _objects = Cluster.New().Objects;

    [Theory]
    [InlineData("rollouts", "ro", "Desired Current Up-to-date Available Age")]
    [InlineData("analysisruns", "ar", "Status Age")]
    [InlineData("analysistemplates", "at", "Age")]
    [InlineData("clusteranalysistemplates", "cat", "Age")]
    [InlineData("experiments", "exp", "Status Age")]
    public void Short_names_and_columns_are_Argos(string plural, string shortName, string columns)
    {
        var kind = Kind(plural, "argoproj.io");

        Assert.Equal([shortName], kind.ShortNames);
        Assert.Equal(columns, string.Join(' ', kind.Columns.Select(column => column.Name)));
    }

    [Fact]
    public void Ours_takes_no_short_name_of_Argos()
    {
        var ours = Kind("canarypolicies", "rollouts-companion.io").ShortNames;

        Assert.Equal(["cpol"], ours);
        Assert.DoesNotContain(
            _objects.List(Definitions).Where(item => item.Text("spec", "group") == "argoproj.io")
                .SelectMany(item => (JsonArray)item.At("spec", "names", "shortNames")!),
            name => ours.Contains((string)name!));
    }

    [Theory]
    [InlineData("analysisruns", "AnalysisRun", "metrics: []", "default")]
    [InlineData("analysistemplates", "AnalysisTemplate", "metrics: []", "default")]
    [InlineData("clusteranalysistemplates", "ClusterAnalysisTemplate", "metrics: []", "")]
    [InlineData("experiments", "Experiment", "templates: []", "default")]
    public void All_but_the_Rollout_have_no_status_subresource(
        string plural, string kind, string spec, string @namespace)
    {
        var resource = $"{plural}.argoproj.io";
        _objects.Create(resource, @namespace, Cluster.Object(
            $$"""{apiVersion: argoproj.io/v1alpha1, kind: {{kind}}, metadata: {name: a}, spec: { {{spec}} } }"""));

        var refused = Assert.Throws<ApiException>(
            () => _objects.MergePatch(resource, @namespace, "a", Cluster.Object("{status: {} }"), "status"));

        Assert.Equal(404, refused.Status.Code);
        Assert.False(Kind(plural, "argoproj.io").HasStatusSubresource);
        Assert.True(Kind("rollouts", "argoproj.io").HasStatusSubresource);
        Assert.NotNull(Kind("rollouts", "argoproj.io").Scale);
    }

    [Fact]
    public void A_Rollout_of_a_very_old_definition_is_aborted_by_a_patch_of_itself_and_of_nothing_else()
    {
        _objects.Create(ArgoWorld.Rollouts, "default", Cluster.Rollout("sample"));
        _objects.MergePatch(Definitions, "", "rollouts.argoproj.io", WithoutStatus());
        var abort = Cluster.Object("{status: {abort: true} }");

        var refused = Assert.Throws<ApiException>(
            () => _objects.MergePatch(ArgoWorld.Rollouts, "default", "sample", abort, "status"));
        var patched = _objects.MergePatch(ArgoWorld.Rollouts, "default", "sample", abort);

        Assert.Equal(404, refused.Status.Code);
        Assert.True(patched.Flag("status", "abort"));
    }

    [Theory]
    [InlineData("{}", "spec.metrics: Required value")]
    [InlineData("{metrics: [{provider: {web: {url: u} } }]}", "spec.metrics[0].name: Required value")]
    [InlineData("{metrics: [{name: a}]}", "spec.metrics[0].provider: Required value")]
    [InlineData("{metrics: [{name: a, provider: {web: {} } }]}", "spec.metrics[0].provider.web.url: Required value")]
    [InlineData("{metrics: [{name: a, provider: {job: {} } }]}", "spec.metrics[0].provider.job.spec: Required value")]
    [InlineData("{metrics: [], args: [{value: a}]}", "spec.args[0].name: Required value")]
    public void A_run_without_what_Argo_needs_of_it_is_refused(string spec, string problem)
    {
        var refused = Assert.Throws<ApiException>(() => _objects.Create(ArgoWorld.Runs, "default", Cluster.Object(
            $$"""{apiVersion: argoproj.io/v1alpha1, kind: AnalysisRun, metadata: {name: a}, spec: {{spec}} }""")));

        Assert.Equal(422, refused.Status.Code);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_phase_is_any_word()
    {
        _objects.Create(ArgoWorld.Runs, "default", Cluster.Object("""
            {apiVersion: argoproj.io/v1alpha1, kind: AnalysisRun, metadata: {name: a}, spec: {metrics: []},
             status: {phase: NoSuchPhase} }
            """));

        Assert.Equal("NoSuchPhase", _objects.Get(ArgoWorld.Runs, "default", "a").Text("status", "phase"));
    }

    private ResourceKind Kind(string plural, string group) => CustomResources.Read(
        _objects.Get(Definitions, "", $"{plural}.{group}")!, [])!;

    private JsonObject WithoutStatus()
    {
        var versions = (JsonArray)_objects.Get(Definitions, "", "rollouts.argoproj.io").At("spec", "versions")!;
        var copy = (JsonArray)versions.DeepClone();
        copy[0]!["subresources"]!.AsObject().Remove("status");
        return new JsonObject { ["spec"] = new JsonObject { ["versions"] = copy } };
    }
}
