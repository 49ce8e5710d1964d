using System.Text.Json.Serialization;

namespace Rollouts.AnalysisController.Kubernetes.Objects;

/// <summary>The fields of <c>v1 Pod</c> that we read.</summary>
internal sealed record Pod : IKubernetesObject
{
    public ObjectMeta Metadata { get; init; } = new();

    public PodSpec Spec { get; init; } = new();

    public PodStatus Status { get; init; } = new();

    public PodCondition? Condition(string type) => Status.Conditions.FirstOrDefault(condition => condition.Type == type);
}

internal sealed record PodSpec
{
    public IReadOnlyList<Container> Containers { get; init; } = [];
}

internal sealed record Container
{
    public string Name { get; init; } = "";

    public IReadOnlyList<ContainerPort> Ports { get; init; } = [];

    public ResourceRequirements Resources { get; init; } = new();
}

internal sealed record ContainerPort
{
    public string Name { get; init; } = "";

    [JsonPropertyName("containerPort")]
    public int Number { get; init; }
}

internal sealed record ResourceRequirements
{
    public IReadOnlyDictionary<string, string> Limits { get; init; } = new Dictionary<string, string>();
}

internal sealed record PodStatus
{
    public string Phase { get; init; } = "";

    public string PodIP { get; init; } = "";

    public IReadOnlyList<PodCondition> Conditions { get; init; } = [];

    public IReadOnlyList<ContainerStatus> ContainerStatuses { get; init; } = [];
}

internal sealed record PodCondition
{
    public string Type { get; init; } = "";

    public string Status { get; init; } = "";

    public DateTimeOffset? LastTransitionTime { get; init; }
}

internal sealed record ContainerStatus
{
    public string Name { get; init; } = "";

    public bool Ready { get; init; }

    public int RestartCount { get; init; }

    public ContainerState State { get; init; } = new();

    public ContainerState LastState { get; init; } = new();
}

internal sealed record ContainerState
{
    public ContainerStateWaiting? Waiting { get; init; }

    public ContainerStateTerminated? Terminated { get; init; }
}

internal sealed record ContainerStateWaiting
{
    public string Reason { get; init; } = "";
}

internal sealed record ContainerStateTerminated
{
    public string Reason { get; init; } = "";

    public DateTimeOffset? FinishedAt { get; init; }
}
