using System.Globalization;
using Rollouts.Analysis.Verdict;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>Which verdict somebody asks for: of an AnalysisRun, or of a Rollout's pair.</summary>
/// <param name="Stable">Pod template hash; null takes any.</param>
/// <param name="Canary">Pod template hash; null takes any.</param>
/// <param name="IsWatch">Asked beside the steps; false asks for a gate between them.</param>
internal sealed record VerdictQuestion(
    string? Namespace,
    string? Rollout,
    string? Stable,
    string? Canary,
    string? AnalysisRun,
    bool IsWatch = false
);

/// <summary>What is answered, always: what cannot be said is Continue or Inconclusive with its reason.</summary>
internal sealed record VerdictAnswer(string Verdict, string Reason, string Message)
{
    public string? Namespace { get; init; }

    public string? Rollout { get; init; }

    public string? AnalysisRun { get; init; }

    public string? Stable { get; init; }

    public string? Canary { get; init; }

    public DateTimeOffset? JudgedAt { get; init; }
}

/// <summary>
/// Answers from the annotations of the runs themselves, so that every replica gives the same answer, the one that
/// stands by too.
/// </summary>
internal sealed class VerdictLookup(ClusterCaches caches, TimeProvider clock)
{
    /// <summary>How old a verdict that may still change may be: twice the longest pause between two writes.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(2);

    public VerdictAnswer Find(VerdictQuestion question)
    {
        if (question.Namespace is not { } @namespace || (question.Rollout ?? question.AnalysisRun) is null)
        {
            return Refuse("the query needs namespace, and rollout or analysisRun");
        }

        if (question.AnalysisRun is { } name)
        {
            var named = caches.AnalysisRuns.Find(new ObjectKey(@namespace, name));
            return named is not null && IsOfPair(named, question) ? Answer(named) : Unknown(question);
        }

        var live = caches
            .AnalysisRuns.In(@namespace)
            .Where(run => !run.IsCompleted && RolloutOf(run) == question.Rollout && IsOfPair(run, question))
            .Where(run => run.Metadata.Annotations.ContainsKey(RunAnnotations.Pair)
                || CompanionMetric.Find(run) is not null)
            .OrderByDescending(run => run.Metadata.CreationTimestamp)
            .ThenByDescending(run => run.Metadata.Name, StringComparer.Ordinal)
            .ToList();
        return live.Find(run => IsWatch(run) == question.IsWatch) is { } asking
            ? Answer(asking)
            : Withheld(live.FirstOrDefault(), question);
    }

    /// <summary>What is answered to a question that cannot be understood.</summary>
    public static VerdictAnswer Refuse(string why) =>
        new(nameof(Decision.Inconclusive), RunReason.InvalidRequest, $"{RunReason.InvalidRequest}: {why}");

    /// <summary>
    /// The run that asks is not in the cache yet. Another run's Abort or doubt is told, its Pass is not: each gate
    /// passes on evidence of its own weight.
    /// </summary>
    private VerdictAnswer Withheld(AnalysisRun? other, VerdictQuestion question) =>
        other is not null && Answer(other) is { Verdict: not nameof(Decision.Pass) } answer
            ? answer
            : Unknown(question);

    private static VerdictAnswer Unknown(VerdictQuestion question) =>
        new(
            nameof(Decision.Continue),
            RunReason.NotJudged,
            $"{RunReason.NotJudged}: {Describe(question)} has no verdict yet"
        )
        {
            Namespace = question.Namespace,
            Rollout = question.Rollout,
            AnalysisRun = question.AnalysisRun,
        };

    private static bool IsWatch(AnalysisRun run) => run.Kind is RunKind.Background or RunKind.Report;

    /// <summary>A run that we have not written to yet has no pair: it asks for itself.</summary>
    private static bool IsOfPair(AnalysisRun run, VerdictQuestion question)
    {
        var (_, stable, canary) = PairOf(run);
        return canary is null
            || ((question.Stable ?? stable) == stable && (question.Canary ?? canary) == canary);
    }

    private VerdictAnswer Answer(AnalysisRun run)
    {
        var annotations = run.Metadata.Annotations;
        var (_, stable, canary) = PairOf(run);
        var judgedAt = DateTimeOffset.TryParse(
            annotations.GetValueOrDefault(RunAnnotations.JudgedAt),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var at
        )
            ? at
            : (DateTimeOffset?)null;
        var answer = new VerdictAnswer(
            Word(annotations.GetValueOrDefault(RunAnnotations.Verdict)),
            annotations.GetValueOrDefault(RunAnnotations.Reason) ?? RunReason.NotJudged,
            annotations.GetValueOrDefault(RunAnnotations.Summary)
                ?? $"{RunReason.NotJudged}: AnalysisRun {run.Metadata.Name} has no verdict yet"
        )
        {
            Namespace = run.Metadata.Namespace,
            Rollout = RolloutOf(run),
            AnalysisRun = run.Metadata.Name,
            Stable = stable,
            Canary = canary,
            JudgedAt = judgedAt,
        };
        return IsStale(run, answer)
            ? answer with
            {
                Verdict = nameof(Decision.Continue),
                Reason = RunReason.StaleVerdict,
                Message = $"{RunReason.StaleVerdict}: not judged since {judgedAt:HH:mm:ss}Z; last: {answer.Message}",
            }
            : answer;
    }

    /// <summary>
    /// A verdict that ends a run stands; one that may change is good only while somebody keeps judging.
    /// </summary>
    private bool IsStale(AnalysisRun run, VerdictAnswer answer)
    {
        var mayChange =
            answer.Verdict == nameof(Decision.Continue)
            || (answer.Verdict == nameof(Decision.Pass) && run.Kind is RunKind.Background or RunKind.Report);
        return mayChange && !run.IsCompleted && clock.GetUtcNow() - answer.JudgedAt > StaleAfter;
    }

    /// <summary>One of the four words of the contract: a run that cannot be judged is Inconclusive.</summary>
    private static string Word(string? verdict) =>
        verdict switch
        {
            null => nameof(Decision.Continue),
            AnalysisPhase.Error => nameof(Decision.Inconclusive),
            _ => verdict,
        };

    private string? RolloutOf(AnalysisRun run) => caches.RolloutOf(run)?.Name;

    private static (string? Uid, string? Stable, string? Canary) PairOf(AnalysisRun run) =>
        run.Metadata.Annotations.GetValueOrDefault(RunAnnotations.Pair)?.Split('/') is [var uid, var stable, var canary]
            ? (uid, stable, canary)
            : default;

    private static string Describe(VerdictQuestion question) =>
        question.AnalysisRun is { } run ? $"AnalysisRun {run}"
        : question.Canary is { } canary ? $"version {canary} of Rollout {question.Rollout}"
        : $"Rollout {question.Rollout}";
}
