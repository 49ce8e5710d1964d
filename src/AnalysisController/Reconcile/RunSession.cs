using System.Collections.Immutable;
using Rollouts.Analysis;
using Rollouts.Analysis.Verdict;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Journal;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>
/// What we know of one live AnalysisRun between two rounds. Lost with the process; the checkpoint brings it back.
/// </summary>
internal sealed record RunSession
{
    /// <summary>
    /// Lines kept while no patch succeeds; beyond it the oldest go, and <see cref="Forgotten"/> counts.
    /// </summary>
    private const int MostUnwritten = 512;

    /// <summary>Null when the run's spec is invalid: then there is nothing to judge, only an error to tell.</summary>
    public AnalysisState? State { get; init; }

    /// <summary>Where this run's pods are scraped.</summary>
    public ScrapeSettings Scrape { get; init; } = ScrapeSettings.FromPod;

    /// <summary>Name of the policy that says how to judge; null when the template says it alone.</summary>
    public string? Policy { get; init; }

    /// <summary>Why the spec cannot be used; null when it can.</summary>
    public string? SpecError { get; init; }

    /// <summary>Another process began it; we went on from its checkpoint.</summary>
    public bool IsTakenUp { get; init; }

    /// <summary>Where the evidence came from when it did not begin with this run; empty otherwise.</summary>
    public string Origin { get; init; } = "";

    /// <summary>The earlier run whose evidence this one goes on with; null when it began with none.</summary>
    public JournalFork? Fork { get; init; }

    /// <summary>Lines for the journal whose evidence no patch has carried yet.</summary>
    public ImmutableArray<string> Unwritten { get; init; } = [];

    /// <summary>How many lines went because no patch succeeded for so long.</summary>
    public int Forgotten { get; init; }

    /// <summary>When the run was last written, or found to take no writes; null before the first time.</summary>
    public DateTimeOffset? BeatAt { get; init; }

    /// <summary>The final phase that was delivered last; null while the run goes on.</summary>
    public string? DeliveredPhase { get; init; }

    public CanaryVerdict? Verdict => State?.Verdict;

    /// <summary>The verdict in one word; what cannot be judged is an Error.</summary>
    public string Word => Verdict?.Decision.ToString() ?? AnalysisPhase.Error;

    /// <summary>The phase that ends the metric; null while it stays Running.</summary>
    public string? FinalPhase(RunKind kind) =>
        State is null ? AnalysisPhase.Error : AnalysisPhase.Of(kind, State.Verdict.Decision);

    /// <summary>What a person reads. A run that passes and goes on watching says so.</summary>
    public string Message(RunKind kind)
    {
        var text = (SpecError, Verdict) switch
        {
            ({ } error, _) => error,
            (_, { Decision: Decision.Pass } verdict) when kind is RunKind.Background or RunKind.Report =>
                $"passing: {verdict.Message}",
            (_, { } verdict) => verdict.Message,
            _ => "",
        };
        return Origin.Length == 0 ? text : $"{text} ({Origin})";
    }

    /// <summary>Null once the run has its verdict: nothing may follow it.</summary>
    public DateTimeOffset? NextRoundAt(RunKind kind) => FinalPhase(kind) is null ? State?.NextRoundAt : null;

    /// <summary>Takes in a round of scrapes.</summary>
    public RunSession Advance(RunKind kind, ScrapeRound round)
    {
        var next = CanaryAnalysis.Advance(State!, round);
        // A report run watches the whole update, however long a person pauses it: its deadline is each step's own, and
        // a step that passed has none.
        var isNewSpan = next.Step != State!.Step || next.Verdict.Decision == Decision.Pass;
        var lines = Unwritten.AddRange(JournalLine.Between(State, next));
        lines = AnalysisPhase.Of(kind, next.Verdict.Decision) is null ? lines : lines.AddRange(JournalLine.End(next));
        return this with
        {
            State = kind == RunKind.Report && isNewSpan ? next with { DeadlineFrom = next.LatestAt } : next,
            Unwritten = lines.Length <= MostUnwritten ? lines : lines[^MostUnwritten..],
            Forgotten = Forgotten + Math.Max(0, lines.Length - MostUnwritten),
        };
    }

    /// <summary>What the journal gets once a patch has carried it; null where there is nothing to judge.</summary>
    public JournalEntry? EntryFor(JudgedRun run) =>
        State is null
            ? null
            : new JournalEntry
            {
                Run = JournalRun.Of(run.Run),
                Spec = State.Spec,
                Lines = Unwritten,
                Fork = Fork,
            };
}
