using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.Tests.ApiServer.Kubectl;

/// <summary>kubectl's generators, which speak protobuf where the manifests speak JSON.</summary>
[Trait("Requires", "kubectl")]
public sealed class KubectlCreateTests(KubectlCluster cluster) : IClassFixture<KubectlCluster>
{
    [Fact]
    public async Task A_namespace_and_what_is_put_into_it()
    {
        Assert.Equal("namespace/team created", (await cluster.RunAsync("create", "ns", "team")).Good);
        Assert.Equal(
            "configmap/settings created",
            (
                await cluster.RunAsync(
                    "-n",
                    "team",
                    "create",
                    "cm",
                    "settings",
                    "--from-literal=a=b",
                    "--from-literal=c=")).Good);
        Assert.Equal(
            "secret/keys created",
            (await cluster.RunAsync("-n", "team", "create", "secret", "generic", "keys", "--from-literal=a=b")).Output);

        Assert.Equal(
            """{"a":"b","c":""}""",
            cluster.Objects.Get("configmaps", "team", "settings")!["data"]!.ToJsonString());
        Assert.Equal("""{"a":"Yg=="}""", cluster.Objects.Get("secrets", "team", "keys")!["data"]!.ToJsonString());
        Assert.Equal(
            "Error from server (AlreadyExists): namespaces \"team\" already exists",
            (await cluster.RunAsync("create", "ns", "team")).Bad);
    }

    [Fact]
    public async Task A_deployment_and_a_service()
    {
        Assert.Equal(
            "deployment.apps/web created",
            (
                await cluster.RunAsync(
                    "create",
                    "deployment",
                    "web",
                    "--image=sample-api:v1",
                    "--replicas=0",
                    "--port=8080")).Good);
        Assert.Equal(
            "service/web created",
            (await cluster.RunAsync("create", "service", "clusterip", "web", "--tcp=80:8080")).Good);

        var spec = cluster.Objects.Get("deployments.apps", "default", "web")!.Child("spec")!;
        Assert.Equal(0, spec.Whole("replicas"));
        Assert.Equal("""{"matchLabels":{"app":"web"}}""", spec["selector"]!.ToJsonString());
        Assert.Equal(
            """[{"name":"sample-api","image":"sample-api:v1","ports":[{"containerPort":8080,"protocol":"TCP"}]}]""",
            spec.Child("template")!.Child("spec")!["containers"]!.ToJsonString());
        Assert.Equal(
            """[{"name":"80-8080","protocol":"TCP","port":80,"targetPort":8080}]""",
            cluster.Objects.Get("services", "default", "web")!.Child("spec")!["ports"]!.ToJsonString());
    }

    [Fact]
    public async Task A_kind_that_is_not_read_from_protobuf_is_refused()
    {
        var refused = (await cluster.RunAsync("create", "pdb", "two", "--selector=a=b", "--min-available=2")).Bad;

        Assert.Contains("unknown format (application/vnd.kubernetes.protobuf)", refused, StringComparison.Ordinal);
    }
}
