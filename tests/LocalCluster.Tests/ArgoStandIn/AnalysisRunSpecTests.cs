using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts facts (a): the fields that an API server demands of an AnalysisRun.</summary>
public sealed class AnalysisRunSpecTests
{
    private readonly ClusterObjects _objects = Cluster.New().Objects;

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
}
