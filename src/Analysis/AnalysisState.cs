using System.Collections.Immutable;

using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis;

/// <summary>All that the judge knows of one pair of ReplicaSets; immutable.</summary>
public sealed record AnalysisState
{
    public required AnalysisSpec Spec { get; init; }

    /// <summary>When the AnalysisRun under way began; deadline and minimum step count from here.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset NextRoundAt { get; init; }

    /// <summary>When the first run of this pair began; the zero of the journal's seconds.</summary>
    public required DateTimeOffset Origin { get; init; }

    /// <summary>Number of evidence intervals closed so far for this pair.</summary>
    public long Intervals { get; init; }

    /// <summary>Number of the weight step under way.</summary>
    public int Step { get; init; }

    /// <summary>When pass evidence last started anew.</summary>
    public required DateTimeOffset StepStartedAt { get; init; }

    /// <summary>The instant from which the deadline counts.</summary>
    public required DateTimeOffset DeadlineFrom { get; init; }

    public required CanaryVerdict Verdict { get; init; }

    /// <summary>
    /// The interval that was closed last, for the journal; a round closed one when <see cref="Intervals"/> grew.
    /// </summary>
    public EvidenceInterval? LatestInterval { get; init; }

    /// <summary>When the latest round or interval was taken in.</summary>
    public DateTimeOffset LatestAt { get; init; }

    /// <summary>
    /// Name of the exposition profile that both arms export; null while none is known, or where they differ.
    /// </summary>
    public string? Profile => Troubles.Canary.Profile == Troubles.Stable.Profile ? Troubles.Stable.Profile : null;

    internal ImmutableArray<MetricState> Metrics { get; init; } = [];

    /// <summary>
    /// ln of each metric's weight, negative infinity for one without; fixed with the first comparable traffic.
    /// </summary>
    internal ImmutableArray<double> LogWeights { get; init; } = [];

    internal bool AreWeightsFixed { get; init; }

    /// <summary>What is remembered of the pods between rounds; not part of a checkpoint.</summary>
    internal PodLedger Ledger { get; init; } = PodLedger.Empty;

    internal PodTroubles Troubles { get; init; } = PodTroubles.None;
}
