using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts facts (a): which of its kinds has a subresource status.</summary>
public sealed class ArgoSubresourceTests
{
    private const string Definitions = "customresourcedefinitions.apiextensions.k8s.io";
    private readonly ClusterObjects _objects = Cluster.New().Objects;

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
