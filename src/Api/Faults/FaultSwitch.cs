using System.Collections.Immutable;

namespace Rollouts.Api.Faults;

/// <summary>One fault, switched on.</summary>
internal sealed record FaultSwitch
{
    public required FaultKind Kind { get; init; }

    /// <summary>A value for every numeric key of the kind's schema.</summary>
    public required ImmutableSortedDictionary<string, double> Numbers { get; init; }

    /// <summary>The status codes of an error fault, drawn with equal chance.</summary>
    public ImmutableArray<int> Status { get; init; } = [];

    /// <summary>The category that a class drift favours.</summary>
    public string? Category { get; init; }

    /// <summary>When set, only pods of this version show the fault.</summary>
    public string? OnlyVersion { get; init; }

    /// <summary>When set, only this pod shows the fault.</summary>
    public string? OnlyPod { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ends by itself; null for a fault of the environment without a duration.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Who switched it, as the journal names them.</summary>
    public string By { get; init; } = "unknown";

    public double this[string key] => Numbers[key];

    public bool IsFor(string version, string pod) =>
        (OnlyVersion is null || OnlyVersion == version) && (OnlyPod is null || OnlyPod == pod);

    public bool IsActiveAt(DateTimeOffset now) => EndsAt is not { } end || now < end;
}
