using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.Pods;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.Pods;

/// <summary>Pods as real processes of the sample API.</summary>
public sealed class PodRuntimeTests
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pod_becomes_ready_answers_on_its_own_address_and_leaves_no_process_when_deleted()
    {
        await using var node = new PodNode();
        node.CreatePod("p", "env: [{name: APP_VERSION, value: v7}]");

        var pod = await node.PodAsync("p", pod => pod.IsReadyPod);

        Assert.Equal("Running", pod.Text("status", "phase"));
        Assert.NotEqual("127.0.0.1", pod.Text("status", "podIP"));
        Assert.True(PodNode.ContainerOf(pod)["ready"]!.GetValue<bool>());
        using var http = new HttpClient();
        var address = new Uri($"http://{pod.Text("status", "podIP")}:8080/api/items");
        using var answer = await http.GetAsync(address, _cancellation);
        Assert.Equal("v7", Assert.Single(answer.Headers.GetValues("X-Version")));
        Assert.Equal("p", Assert.Single(answer.Headers.GetValues("X-Pod")));
        Assert.Contains(Events(node, "p"), text => text == "Normal Scheduled");
        Assert.Contains(Events(node, "p"), text => text == "Normal Started");

        Assert.Single(node.ProcessIds());
        node.Objects.Delete("pods", "default", "p");
        await node.UntilAsync(() => node.ProcessIds().Count == 0 ? true : (bool?)null, () => "a process");
        Assert.Contains(Events(node, "p"), text => text == "Normal Killing");
    }

    [Fact]
    public async Task A_crashing_pod_is_restarted_at_once_and_then_waits_in_CrashLoopBackOff()
    {
        await using var node = new PodNode();
        node.CreatePod("p", "env: [{name: DEMO_FAULTS_ENABLED, value: \"true\"}, "
            + "{name: DEMO_FAULT_CRASH, value: afterSeconds=0.5}]");

        var waiting = await node.PodAsync("p", pod =>
            PodNode.ContainerOf(pod)["state"]?["waiting"]?["reason"]?.GetValue<string>() == "CrashLoopBackOff");

        var container = PodNode.ContainerOf(waiting);
        Assert.Equal("Running", waiting.Text("status", "phase"));
        Assert.False(waiting.IsReadyPod);
        Assert.Equal(1, container["restartCount"]!.GetValue<int>());
        Assert.Equal("Error", container["lastState"]!["terminated"]!["reason"]!.GetValue<string>());
        Assert.Equal(134, container["lastState"]!["terminated"]!["exitCode"]!.GetValue<int>());
        Assert.Contains(Events(node, "p"), text => text == "Warning BackOff");

        await node.PodAsync("p", pod => PodNode.ContainerOf(pod)["restartCount"]!.GetValue<int>() >= 2);
        Assert.NotEmpty(await ReadLogAsync(node, "p", previous: true));
    }

    [Fact]
    public async Task A_container_over_its_memory_limit_is_killed_and_says_OOMKilled()
    {
        await using var node = new PodNode();
        node.CreatePod("p", "resources: {limits: {memory: 200Mi}}, env: ["
            + "{name: DEMO_FAULTS_ENABLED, value: \"true\"}, "
            + "{name: DEMO_FAULT_MEMORY, value: \"mbPerSecond=200,capMb=256\"}]");

        var killed = await node.PodAsync("p", pod =>
            PodNode.ContainerOf(pod)["lastState"]?["terminated"] is not null);

        var terminated = PodNode.ContainerOf(killed)["lastState"]!["terminated"]!;
        Assert.Equal("OOMKilled", terminated["reason"]!.GetValue<string>());
        Assert.Equal(137, terminated["exitCode"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_pod_that_fails_its_readiness_probe_runs_on_unready_with_an_event()
    {
        await using var node = new PodNode();
        node.CreatePod("p", "env: [{name: DEMO_FAULTS_ENABLED, value: \"true\"}, "
            + "{name: DEMO_FAULT_UNREADY, value: \"\"}]");

        await node.UntilAsync(
            () => Events(node, "p").Contains("Warning Unhealthy") ? true : (bool?)null,
            () => string.Join(", ", Events(node, "p")));

        var pod = await node.PodAsync("p", pod => pod.Text("status", "phase") == "Running");
        Assert.False(pod.IsReadyPod);
        Assert.Equal(0, PodNode.ContainerOf(pod)["restartCount"]!.GetValue<int>());
    }

    [Fact]
    public async Task An_image_that_is_no_program_here_waits_and_says_so()
    {
        await using var node = new PodNode();
        node.Objects.Create("pods", "default", Cluster.Object("""
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec: {containers: [{name: web, image: "nginx:1"}]}
            """));

        var pod = await node.PodAsync("p", pod =>
            PodNode.ContainerOf(pod)["state"]?["waiting"]?["reason"]?.GetValue<string>() == "ErrImagePull");

        Assert.Equal("Pending", pod.Text("status", "phase"));
        Assert.Empty(node.ProcessIds());
    }

    [Fact]
    public async Task Stopping_the_node_leaves_no_process_behind()
    {
        var node = new PodNode();
        node.CreatePod("a");
        node.CreatePod("b");
        await node.UntilAsync(
            () => node.ProcessIds().Count == 2 ? true : (bool?)null,
            () => $"{node.ProcessIds().Count} processes");

        await node.DisposeAsync();

        Assert.Empty(node.ProcessIds());
    }

    [Fact]
    public async Task A_pod_that_is_deleted_serves_on_while_it_drains_and_is_gone_with_its_process()
    {
        await using var node = new PodNode();
        node.CreatePod("slow-to-go", "env: [{name: DRAIN_SECONDS, value: \"1\"}]");
        var pod = await node.PodAsync("slow-to-go", pod => pod.IsReadyPod);

        node.Objects.Delete("pods", "default", "slow-to-go");

        var ending = new ObjectView(node.Objects.Get("pods", "default", "slow-to-go")!);
        Assert.Equal((true, false), (ending.IsBeingDeleted, ending.IsReadyPod));
        Assert.Equal(3, ending.Number("metadata", "deletionGracePeriodSeconds"));
        using var http = new HttpClient();
        var answer = await http.GetStringAsync(
            new Uri($"http://{pod.Text("status", "podIP")}:8080/api/version"), _cancellation);
        Assert.Contains("version", answer, StringComparison.OrdinalIgnoreCase);
        await node.UntilAsync(
            () => node.Objects.Get("pods", "default", "slow-to-go") is null ? true : (bool?)null,
            () => "the pod is there");
        Assert.Empty(node.ProcessIds());
    }

    [Fact]
    public async Task A_replica_set_is_scaled_up_and_down_and_its_status_comes_to_rest()
    {
        await using var node = new PodNode();
        node.Objects.Create("replicasets.apps", "default", Cluster.Object("""
            apiVersion: apps/v1
            kind: ReplicaSet
            metadata: {name: rs}
            spec:
              replicas: 2
              selector: {matchLabels: {app: sample}}
              template:
                metadata: {labels: {app: sample}}
                spec: {terminationGracePeriodSeconds: 3, containers: [{name: api, image: sample-api}]}
            """));

        var full = await ReplicaSetAsync(node, replicaSet => replicaSet.Number("status", "availableReplicas") == 2);
        Assert.Equal(2, full.Number("status", "fullyLabeledReplicas"));
        var pods = node.Objects.List("pods").Select(pod => new ObjectView(pod)).ToList();
        Assert.All(pods, pod => Assert.Matches("^rs-[a-z0-9]{5}$", pod.Name));
        Assert.All(pods, pod => Assert.Equal(full.Uid, pod.ControllerUid));

        node.Objects.MergePatch("replicasets.apps", "default", "rs", Cluster.Object("{spec: {replicas: 0}}"));
        var empty = await ReplicaSetAsync(node, replicaSet =>
            replicaSet.Number("status", "replicas") == 0 && replicaSet.Number("status", "observedGeneration") == 2);
        await node.UntilAsync(() => node.ProcessIds().Count == 0 ? true : (bool?)null, () => "a process");
        var later = await ReplicaSetAsync(node, _ => true);
        Assert.Equal(empty.Text("metadata", "resourceVersion"), later.Text("metadata", "resourceVersion"));
    }

    private static Task<ObjectView> ReplicaSetAsync(PodNode node, Func<ObjectView, bool> condition) => node.UntilAsync(
        () => node.Objects.Get("replicasets.apps", "default", "rs") is { } found && condition(new ObjectView(found))
            ? new ObjectView(found)
            : (ObjectView?)null,
        () => node.Objects.Get("replicasets.apps", "default", "rs")!.ToJsonString());

    private static List<string> Events(PodNode node, string pod) =>
    [
        .. node.Objects.List("events").OfType<JsonObject>()
            .Where(found => found["involvedObject"]!["name"]!.GetValue<string>() == pod)
            .Select(found => $"{found["type"]!.GetValue<string>()} {found["reason"]!.GetValue<string>()}"),
    ];

    private async Task<List<string>> ReadLogAsync(PodNode node, string pod, bool previous)
    {
        var lines = new List<string>();
        var query = new PodLogQuery("default", pod, "api", previous, Follow: false, TailLines: null);
        await foreach (var line in node.Logs.Read(query, _cancellation)!)
            lines.Add(line);
        return lines;
    }
}
