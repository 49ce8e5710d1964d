using System.Collections.Immutable;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Journal;

/// <summary>The run that a file of the journal is about.</summary>
internal readonly record struct JournalRun(ObjectKey Key, string Uid)
{
    public static JournalRun Of(AnalysisRun run) => new(ObjectKey.Of(run), run.Metadata.Uid);
}

/// <summary>What one patch added to the evidence of one run.</summary>
internal sealed record JournalEntry
{
    public required JournalRun Run { get; init; }

    /// <summary>The policy that the run is judged by: the first line of its file.</summary>
    public required AnalysisSpec Spec { get; init; }

    /// <summary>Lines of kinds interval and step, in the order of time.</summary>
    public required ImmutableArray<string> Lines { get; init; }

    /// <summary>Whose evidence the run went on with; null when it began with none.</summary>
    public JournalFork? Fork { get; init; }

    /// <summary>Not all that the run gathered: it is added to a file that is there, and makes none.</summary>
    public bool IsTail { get; init; }
}

/// <summary>An earlier run whose first intervals are the beginning of a later one's evidence.</summary>
/// <param name="Intervals">How many of its intervals the later run began with.</param>
/// <param name="Seconds">Where the step stands in time that parts the two.</param>
internal sealed record JournalFork(JournalRun From, long Intervals, double Seconds)
{
    /// <summary>
    /// A run that we find late may begin with an interval that ended after it did: the step comes after that.
    /// </summary>
    public static JournalFork Of(AnalysisRun earlier, AnalysisState evidence, DateTimeOffset startedAt)
    {
        var at = evidence.LatestInterval?.At is { } latest && latest > startedAt ? latest : startedAt;
        return new JournalFork(JournalRun.Of(earlier), evidence.Intervals, (at - evidence.Origin).TotalSeconds);
    }
}
