using System.Net;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.Pods;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.Pods;

public sealed class PodStatusTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly PodStatus Created = new()
    {
        HostAddress = IPAddress.Parse("127.1.2.254"),
        Address = IPAddress.Parse("127.1.2.3"),
        AcceptedAt = Start,
        ContainerName = "api",
        Image = "sample-api:v1",
        State = new ContainerState.Waiting("ContainerCreating"),
        ReadyChangedAt = Start,
    };

    [Fact]
    public void A_new_pod_is_pending_and_not_ready_with_the_reason()
    {
        Expect(
            """
            phase: Pending
            podIP: 127.1.2.3
            podIPs: [{ip: 127.1.2.3}]
            hostIP: 127.1.2.254
            startTime: "2026-01-02T03:04:05Z"
            conditions:
            - {type: PodScheduled, status: "True", lastTransitionTime: "2026-01-02T03:04:05Z"}
            - {type: Initialized, status: "True", lastTransitionTime: "2026-01-02T03:04:05Z"}
            - type: ContainersReady
              status: "False"
              lastTransitionTime: "2026-01-02T03:04:05Z"
              reason: ContainersNotReady
              message: "containers with unready status: [api]"
            - type: Ready
              status: "False"
              lastTransitionTime: "2026-01-02T03:04:05Z"
              reason: ContainersNotReady
              message: "containers with unready status: [api]"
            containerStatuses:
            - name: api
              image: sample-api:v1
              imageID: ""
              ready: false
              started: false
              restartCount: 0
              state: {waiting: {reason: ContainerCreating}}
              lastState: {}
            """,
            Created);
    }

    [Fact]
    public void A_container_over_its_memory_limit_shows_as_OOMKilled_and_the_pod_stays_running()
    {
        var running = Created.Started(Start.AddSeconds(1)).WithReady(true, Start.AddSeconds(2));
        var ended = running.Ended(
            ContainerState.Terminated.After(137, outOfMemory: true, Start.AddSeconds(1), Start.AddSeconds(9)));

        Assert.Equal("Running", ended.Phase);
        Assert.False(ended.Ready);
        Assert.Equal(Start.AddSeconds(9), ended.ReadyChangedAt);
        Assert.True(JsonNode.DeepEquals(
            Cluster.Object("""
                terminated:
                  exitCode: 137
                  reason: OOMKilled
                  startedAt: "2026-01-02T03:04:06Z"
                  finishedAt: "2026-01-02T03:04:14Z"
                """),
            ended.ToJson()["containerStatuses"]![0]!["lastState"]));
    }

    [Theory]
    [InlineData(0, false, "Completed")]
    [InlineData(1, false, "Error")]
    [InlineData(137, false, "Error")]
    [InlineData(137, true, "OOMKilled")]
    public void The_reason_of_an_end_is_that_of_the_container_runtime(int exitCode, bool outOfMemory, string reason) =>
        Assert.Equal(reason, ContainerState.Terminated.After(exitCode, outOfMemory, Start, Start).Reason);

    [Fact]
    public void The_transition_time_of_ready_moves_only_when_ready_changes()
    {
        var ready = Created.WithReady(true, Start.AddSeconds(5)).WithReady(true, Start.AddSeconds(8));
        Assert.Equal(Start.AddSeconds(5), ready.ReadyChangedAt);
    }

    private static void Expect(string yaml, PodStatus status)
    {
        var expected = Cluster.Object(yaml);
        var actual = status.ToJson();
        Assert.True(JsonNode.DeepEquals(expected, actual), actual.ToJsonString());
    }
}
