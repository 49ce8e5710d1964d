using System.Text.Json.Serialization;

namespace Rollouts.AnalysisController.Kubernetes.Objects;

/// <summary>The fields of <c>v1 Pod</c> that we read.</summary>
internal sealed record Pod : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    public PodSpec Spec
    {
        get;
        init => field = value ?? new();
    } = new();

    public PodStatus Status
    {
        get;
        init => field = value ?? new();
    } = new();

    public PodCondition? Condition(string type) =>
        Status.Conditions.FirstOrDefault(condition => condition.Type == type);
}

internal sealed record PodSpec
{
    public IReadOnlyList<Container> Containers
    {
        get;
        init => field = value ?? [];
    } = [];
}

internal sealed record Container
{
    public string Name
    {
        get;
        init => field = value ?? "";
    } = "";

    public IReadOnlyList<ContainerPort> Ports
    {
        get;
        init => field = value ?? [];
    } = [];

    public ResourceRequirements Resources
    {
        get;
        init => field = value ?? new();
    } = new();
}

internal sealed record ContainerPort
{
    public string Name
    {
        get;
        init => field = value ?? "";
    } = "";

    [JsonPropertyName("containerPort")]
    public int Number { get; init; }
}

internal sealed record ResourceRequirements
{
    public IReadOnlyDictionary<string, string> Limits
    {
        get;
        init => field = value ?? ObjectMeta.Empty;
    } = ObjectMeta.Empty;
}

internal sealed record PodStatus
{
    public string Phase
    {
        get;
        init => field = value ?? "";
    } = "";

    public string PodIP
    {
        get;
        init => field = value ?? "";
    } = "";

    public IReadOnlyList<PodCondition> Conditions
    {
        get;
        init => field = value ?? [];
    } = [];

    public IReadOnlyList<ContainerStatus> ContainerStatuses
    {
        get;
        init => field = value ?? [];
    } = [];
}

internal sealed record PodCondition
{
    public string Type
    {
        get;
        init => field = value ?? "";
    } = "";

    public string Status
    {
        get;
        init => field = value ?? "";
    } = "";

    public DateTimeOffset? LastTransitionTime { get; init; }
}

internal sealed record ContainerStatus
{
    public string Name
    {
        get;
        init => field = value ?? "";
    } = "";

    public bool Ready { get; init; }

    public int RestartCount { get; init; }

    public ContainerState State
    {
        get;
        init => field = value ?? new();
    } = new();

    public ContainerState LastState
    {
        get;
        init => field = value ?? new();
    } = new();
}

internal sealed record ContainerState
{
    public ContainerStateWaiting? Waiting { get; init; }

    public ContainerStateTerminated? Terminated { get; init; }
}

internal sealed record ContainerStateWaiting
{
    public string Reason
    {
        get;
        init => field = value ?? "";
    } = "";
}

internal sealed record ContainerStateTerminated
{
    public string Reason
    {
        get;
        init => field = value ?? "";
    } = "";

    public DateTimeOffset? FinishedAt { get; init; }
}
