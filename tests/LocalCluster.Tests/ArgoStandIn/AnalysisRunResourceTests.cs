using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts facts (a): what an API server takes as an AnalysisRun, and what it refuses.</summary>
public sealed class AnalysisRunResourceTests
{
    private readonly ClusterObjects _objects = Cluster.New().Objects;

    public AnalysisRunResourceTests() => _objects.Create(ArgoWorld.Runs, "default", Cluster.Object("""
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisRun
        metadata: {name: run}
        spec: {metrics: [{name: canary, provider: {plugin: {x/y: {deep: [{any: 1, thing: null}]}}}}]}
        """));

    [Fact]
    public void A_result_before_Argo_has_written_a_phase_is_refused()
    {
        var refused = Assert.Throws<ApiException>(
            () => Patch("{status: {metricResults: [{name: canary, phase: Running}]}}"));

        Assert.Equal((422, true), (refused.Status.Code,
            refused.Status.Message.Contains("status.phase: Required value", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("{phase: Running}", "status.metricResults[0].name: Required value")]
    [InlineData("{name: canary}", "status.metricResults[0].phase: Required value")]
    [InlineData("{name: canary, phase: Running, measurements: [{message: m}]}",
        "status.metricResults[0].measurements[0].phase: Required value")]
    public void A_result_without_name_or_phase_is_refused(string result, string problem)
    {
        var refused = Assert.Throws<ApiException>(
            () => Patch($$"""{status: {phase: Running, metricResults: [{{result}}]} }"""));

        Assert.Contains(problem, refused.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_stands_under_a_plugin_survives()
    {
        var plugin = _objects.Get(ArgoWorld.Runs, "default", "run").Items("spec", "metrics")[0].Object(
            "provider", "plugin");

        Assert.Equal("""{"x/y":{"deep":[{"any":1,"thing":null}]}}""", plugin!.ToJsonString());
    }

    [Fact]
    public void A_run_may_be_created_with_its_status_for_there_is_no_subresource()
    {
        var run = Cluster.Object("""
            {apiVersion: argoproj.io/v1alpha1, kind: AnalysisRun, metadata: {name: report},
             spec: {metrics: []}, status: {phase: Successful}}
            """);

        Assert.Equal("Successful", _objects.Create(ArgoWorld.Runs, "default", run).Text("status", "phase"));
    }

    private void Patch(string patch) => _objects.MergePatch(ArgoWorld.Runs, "default", "run", Cluster.Object(patch));
}
