using System.Collections.Immutable;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Journal;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>
/// What a patch leaves on the run so that nothing is lost with the process: the judge's state, and the lines of the
/// journal that come with this patch and cannot be told from the state.
/// </summary>
/// <param name="Checkpoint">Null when the run's spec is invalid.</param>
/// <param name="Shortfall">What of the evidence the checkpoint has no room for, as the end of a message.</param>
internal sealed record RunMemory(string? Checkpoint, string Shortfall, CarriedLines Lines)
{
    public static RunMemory Of(RunKind kind, RunSession session)
    {
        if (session.State is not { } state)
        {
            return new RunMemory(null, "", default);
        }

        var checkpoint = Analysis.Checkpoint.Write(state);
        var known = checkpoint.HoldsInterval ? JournalLine.Latest(state, HasEnded(kind, state)) : [];
        return new RunMemory(
            Convert.ToBase64String(checkpoint.Bytes.AsSpan()),
            checkpoint.Shed.IsEmpty
                ? ""
                : $" (too much to keep: a restart of the controller would lose {string.Join(", ", checkpoint.Shed)})",
            CarriedLines.Of([.. session.Unwritten.Except(known)])
        );
    }

    /// <summary>What the latest patch of a run brought for the journal: the disk may have it or not.</summary>
    public static JournalEntry EntryOf(AnalysisRun run, AnalysisState state)
    {
        var carried = CarriedLines.Read(run.Metadata.Annotations.GetValueOrDefault(RunAnnotations.Lines));
        var known = JournalLine.Latest(state, hasEnded: false);
        var gathered = carried.Concat(known).Count(JournalLine.IsInterval);
        var fork = RunAnnotations.ForkOf(run);
        return new JournalEntry
        {
            Run = JournalRun.Of(run),
            Spec = state.Spec,
            Lines = [.. carried, .. JournalLine.Latest(state, HasEnded(run.Kind, state))],
            Fork = fork,
            IsTail = gathered < state.Intervals - (fork?.Intervals ?? 0),
        };
    }

    private static bool HasEnded(RunKind kind, AnalysisState state) =>
        AnalysisPhase.Of(kind, state.Verdict.Decision) is not null;
}
