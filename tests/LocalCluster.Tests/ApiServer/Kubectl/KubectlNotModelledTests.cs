using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.Tests.ApiServer.Kubectl;

/// <summary>Verbs of kubectl for which a pod here has nothing.</summary>
[Trait("Requires", "kubectl")]
public sealed class KubectlNotModelledTests(KubectlCluster cluster) : IClassFixture<KubectlCluster>
{
    [Theory]
    [InlineData("exec", "pods/exec", "a", "--", "ls")]
    [InlineData("attach", "pods/attach", "a")]
    [InlineData("debug", "pods/ephemeralcontainers", "a", "--image=x")]
    public async Task A_verb_that_a_process_on_this_machine_does_not_have_is_refused_by_name(
        string verb, string subresource, params string[] arguments)
    {
        var space = cluster.Objects.Get("namespaces", "", verb) is null
            ? cluster.Objects.Create("namespaces", "", Cluster.Object(
                $$"""{apiVersion: v1, kind: Namespace, metadata: {name: {{verb}} } }""")).Metadata.Text("name")!
            : verb;
        cluster.Objects.Create("pods", space, Cluster.Object("""
            apiVersion: v1
            kind: Pod
            metadata: {name: a}
            spec: {containers: [{name: api, image: "sample-api:v1"}]}
            """));
        cluster.Objects.MergePatch("pods", space, "a", Cluster.Object("{status: {phase: Running} }"), "status");

        var refused = (await cluster.RunAsync(["-n", space, verb, .. arguments])).Bad;

        Assert.Contains($"the local cluster does not model {subresource}", refused, StringComparison.Ordinal);
    }
}
