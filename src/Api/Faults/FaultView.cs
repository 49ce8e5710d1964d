using System.Collections.Immutable;

namespace Rollouts.Api.Faults;

/// <summary>
/// One running fault as the fault API shows it: the keys of its switch, and who, since when, until when.
/// </summary>
internal sealed record FaultView
{
    public required string Kind { get; init; }

    /// <summary>Whether the answering pod shows it.</summary>
    public required bool OnThisPod { get; init; }

    public required ImmutableSortedDictionary<string, double> Parameters { get; init; }

    public ImmutableArray<int>? Status { get; init; }

    public string? Category { get; init; }

    public string? OnlyVersion { get; init; }

    public string? OnlyPod { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndsAt { get; init; }

    public double? SecondsLeft { get; init; }

    public required string By { get; init; }

    public static FaultView Of(FaultSwitch fault, bool onThisPod, DateTimeOffset now) => new()
    {
        Kind = FaultSchema.Of(fault.Kind).Name,
        OnThisPod = onThisPod,
        Parameters = fault.Numbers,
        Status = fault.Status.IsEmpty ? null : fault.Status,
        Category = fault.Category,
        OnlyVersion = fault.OnlyVersion,
        OnlyPod = fault.OnlyPod,
        StartedAt = fault.StartedAt,
        EndsAt = fault.EndsAt,
        SecondsLeft = fault.EndsAt is { } end ? Math.Round((end - now).TotalSeconds, 1) : null,
        By = fault.By,
    };
}

/// <summary>Answer of <c>GET /demo/faults</c>.</summary>
/// <param name="Shared">True when a switch reaches every pod; false when it reaches the pod that is asked.</param>
internal sealed record FaultsAnswer(
    bool Enabled, bool Shared, int Seed, string Version, string Pod, ImmutableArray<FaultView> Faults);

/// <summary>One line of the journal.</summary>
/// <param name="Action">on or off.</param>
internal sealed record FaultRecord(
    DateTimeOffset At, string By, string Action, string Kind, string What, DateTimeOffset? Until, string Pod);

/// <summary>Answer of <c>GET /demo/faults/history</c>, newest first.</summary>
/// <param name="Source">postgresql for the switches of all pods, memory for those that this pod was asked for.</param>
internal sealed record FaultHistoryAnswer(string Source, ImmutableArray<FaultRecord> Records);
