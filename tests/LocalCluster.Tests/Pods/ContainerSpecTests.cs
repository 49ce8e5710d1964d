using System.Net;
using Rollouts.LocalCluster.Pods;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.Pods;

public sealed class ContainerSpecTests
{
    private static readonly IPAddress Address = IPAddress.Parse("127.9.8.7");

    [Fact]
    public void The_environment_has_values_and_the_fields_of_the_pod()
    {
        var pod = Pod("""
            env:
            - {name: APP_VERSION, value: v2}
            - {name: EMPTY}
            - {name: ME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            - {name: WHERE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
            - {name: TRACK, valueFrom: {fieldRef: {fieldPath: "metadata.labels['track']"}}}
            - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
            - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
            ports: [{containerPort: 9090}]
            """);

        var environment = ContainerSpec.From(pod).ResolveEnvironment(pod, Address);

        Assert.Equal("v2", environment["APP_VERSION"]);
        Assert.Equal("", environment["EMPTY"]);
        Assert.Equal("p", environment["ME"]);
        Assert.Equal("default", environment["WHERE"]);
        Assert.Equal("canary", environment["TRACK"]);
        Assert.Equal("127.9.8.7", environment["IP"]);
        Assert.Equal("local", environment["NODE"]);
        Assert.Equal("http://127.9.8.7:9090", environment["ASPNETCORE_URLS"]);
    }

    [Fact]
    public void A_pod_without_a_readiness_probe_is_asked_once_a_second()
    {
        var probe = ContainerSpec.From(Pod("")).ReadinessProbe;

        Assert.Equal("/health/ready", probe.Path);
        Assert.Equal(8080, probe.Port);
        Assert.Equal(TimeSpan.FromSeconds(1), probe.Period);
    }

    [Fact]
    public void A_probe_keeps_the_defaults_of_kubernetes_and_finds_a_named_port()
    {
        var pod = Pod("""
            ports: [{name: http, containerPort: 9090}]
            livenessProbe: {httpGet: {path: /live, port: http}, failureThreshold: 5}
            """);

        var probe = ContainerSpec.From(pod).LivenessProbe;

        Assert.Equal(
            new ProbeSpec { Path = "/live", Port = 9090, FailureThreshold = 5 },
            probe);
        Assert.Equal(TimeSpan.FromSeconds(10), probe!.Period);
    }

    [Theory]
    [InlineData(
        "env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]",
        "env A: the local cluster knows value and fieldRef only")]
    [InlineData(
        "env: [{name: A, valueFrom: {fieldRef: {fieldPath: spec.hostname}}}]",
        "env A: fieldRef spec.hostname is not known to the local cluster")]
    [InlineData("livenessProbe: {exec: {command: [ls]}}", "livenessProbe: the local cluster runs httpGet probes only")]
    [InlineData("resources: {limits: {memory: lots}}", "resources.limits.memory: lots is no quantity")]
    public void What_is_not_modelled_is_refused_by_name(string container, string message)
    {
        var pod = Pod(container);
        var refused = Assert.Throws<UnsupportedPodException>(() =>
            ContainerSpec.From(pod).ResolveEnvironment(pod, Address));
        Assert.Equal(message, refused.Message);
    }

    [Theory]
    [InlineData("sample-api", true)]
    [InlineData("sample-api:v2", true)]
    [InlineData("registry.example:5000/team/sample-api@sha256:00", true)]
    [InlineData("nginx", false)]
    [InlineData("my-sample-api", false)]
    public void Only_the_sample_api_is_a_program_here(string image, bool runs) =>
        Assert.Equal(runs, ContainerSpec.From(Pod("", image)).IsSampleApi);

    private static ObjectView Pod(string container, string image = "sample-api:v1")
    {
        var pod = Cluster.Object($$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: p, namespace: default, labels: {track: canary} }
            spec: {containers: [{name: api, image: "{{image}}"}]}
            """);
        if (container.Length > 0)
        {
            foreach (var (key, value) in Cluster.Object(container))
                pod["spec"]!["containers"]![0]![key] = value?.DeepClone();
        }

        return new ObjectView(pod);
    }
}
