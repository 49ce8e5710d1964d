using System.Globalization;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Journal;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>
/// What we keep on the AnalysisRun itself, so that nothing is lost with the process and every replica can answer.
/// </summary>
internal static class RunAnnotations
{
    /// <summary>One line for a person, in every state.</summary>
    public const string Summary = "rollouts-companion.io/summary";

    /// <summary>The pair whose evidence the checkpoint holds.</summary>
    public const string Pair = "rollouts-companion.io/pair";

    /// <summary>The judge's state: base64 of <see cref="Checkpoint"/>.</summary>
    public const string State = "rollouts-companion.io/checkpoint";

    /// <summary>
    /// Lines of the journal that the checkpoint does not hold; there only while the latest patch brought such.
    /// </summary>
    public const string Lines = "rollouts-companion.io/journal";

    /// <summary>
    /// With whose evidence the run began: name, uid, how many intervals, and at which second, with slashes between.
    /// </summary>
    public const string Continues = "rollouts-companion.io/continues";

    /// <summary>The verdict in one word.</summary>
    public const string Verdict = "rollouts-companion.io/verdict";

    /// <summary>Why the verdict is what it is, in one word.</summary>
    public const string Reason = "rollouts-companion.io/reason";

    /// <summary>When the run was last judged.</summary>
    public const string JudgedAt = "rollouts-companion.io/judged-at";

    /// <summary>The Rollout's resourceVersion when an intent was recorded.</summary>
    public const string ActionAt = "rollouts-companion.io/action-at";

    /// <summary>What direct mode did with the verdict: a value of <see cref="RolloutAction"/>.</summary>
    public const string Action = "rollouts-companion.io/action";

    public static Dictionary<string, string?> Of(
        ReplicaSetPair pair,
        RunSession session,
        RunMemory memory,
        string message,
        DateTimeOffset now
    )
    {
        var annotations = new Dictionary<string, string?>
        {
            [Summary] = message,
            [Pair] = pair.ToString(),
            [Verdict] = session.Word,
            [Reason] = session.Verdict?.Reason ?? RunReason.InvalidSpec,
            [JudgedAt] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            [Lines] = memory.Lines.Text,
        };
        if (memory.Checkpoint is { } checkpoint)
        {
            annotations[State] = checkpoint;
        }

        if (session.Fork is { } fork)
        {
            annotations[Continues] = string.Create(
                CultureInfo.InvariantCulture,
                $"{fork.From.Key.Name}/{fork.From.Uid}/{fork.Intervals}/{fork.Seconds:R}");
        }

        if (session.Policy is { } policy)
        {
            annotations[ReportRun.PolicyAnnotation] = policy;
        }

        return annotations;
    }

    /// <summary>The checkpoint that a run carries for this pair; null when it carries none.</summary>
    public static CheckpointResult? Restore(AnalysisRun run, ReplicaSetPair pair) =>
        run.Metadata.Annotations.GetValueOrDefault(Pair) == pair.ToString() ? Restore(run) : null;

    /// <summary>The checkpoint that a run carries, whatever its pair; null when it carries none.</summary>
    public static CheckpointResult? Restore(AnalysisRun run)
    {
        if (!run.Metadata.Annotations.TryGetValue(State, out var text))
        {
            return null;
        }

        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var count)
            ? Checkpoint.Read(bytes.AsSpan(0, count))
            : new CheckpointResult.Unreadable($"annotation {State} is not base64");
    }

    /// <summary>With whose evidence a run began; null when it began with none.</summary>
    public static JournalFork? ForkOf(AnalysisRun run) =>
        run.Metadata.Annotations.GetValueOrDefault(Continues)?.Split('/') is [var name, var uid, var count, var at]
        && long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var intervals)
        && double.TryParse(at, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
        && double.IsFinite(seconds)
            ? new JournalFork(
                new JournalRun(new ObjectKey(run.Metadata.Namespace, name), uid),
                intervals,
                seconds
            )
            : null;
}
