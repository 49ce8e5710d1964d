using System.Net;
using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.Pods;

/// <summary>What the kubelet knows of one pod with one container, and its form in core/v1 PodStatus.</summary>
internal sealed record PodStatus
{
    public required IPAddress HostAddress { get; init; }

    public required IPAddress Address { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    public required string ContainerName { get; init; }

    public required string Image { get; init; }

    public required ContainerState State { get; init; }

    public ContainerState.Terminated? LastState { get; init; }

    public int RestartCount { get; init; }

    public bool Ready { get; init; }

    public required DateTimeOffset ReadyChangedAt { get; init; }

    /// <summary>Pending until its container ran once; restartPolicy Always never lets it end.</summary>
    public string Phase => State is ContainerState.Running || LastState is not null ? "Running" : "Pending";

    public PodStatus WithReady(bool ready, DateTimeOffset at) =>
        ready == Ready ? this : this with { Ready = ready, ReadyChangedAt = at };

    public PodStatus Started(DateTimeOffset at) => this with { State = new ContainerState.Running(at) };

    /// <summary>The container ended and will be started again; until then it shows how it ended.</summary>
    public PodStatus Ended(ContainerState.Terminated how) =>
        (this with { State = how, LastState = how }).WithReady(false, how.FinishedAt);

    public JsonObject ToJson() => new()
    {
        ["phase"] = Phase,
        ["podIP"] = Address.ToString(),
        ["podIPs"] = new JsonArray(new JsonObject { ["ip"] = Address.ToString() }),
        ["hostIP"] = HostAddress.ToString(),
        ["startTime"] = KubernetesTime.Write(AcceptedAt),
        ["conditions"] = new JsonArray(
            Condition("PodScheduled", true, AcceptedAt),
            Condition("Initialized", true, AcceptedAt),
            Condition("ContainersReady", Ready, ReadyChangedAt),
            Condition("Ready", Ready, ReadyChangedAt)),
        ["containerStatuses"] = new JsonArray(Container()),
    };

    private JsonObject Condition(string type, bool holds, DateTimeOffset since)
    {
        var condition = new JsonObject
        {
            ["type"] = type,
            ["status"] = holds ? "True" : "False",
            ["lastTransitionTime"] = KubernetesTime.Write(since),
        };
        if (!holds)
        {
            condition["reason"] = "ContainersNotReady";
            condition["message"] = $"containers with unready status: [{ContainerName}]";
        }

        return condition;
    }

    private JsonObject Container() => new()
    {
        ["name"] = ContainerName,
        ["image"] = Image,
        ["imageID"] = "",
        ["ready"] = Ready,
        ["started"] = State is ContainerState.Running,
        ["restartCount"] = RestartCount,
        ["state"] = State.ToJson(),
        ["lastState"] = LastState?.ToJson() ?? [],
    };
}
