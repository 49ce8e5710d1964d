using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>What there is to tell of one run, and the run as it was just read.</summary>
internal sealed record Finding
{
    public required RolloutSnapshot Snapshot { get; init; }

    public required JudgedRun Judged { get; init; }

    public required AnalysisRun Run { get; init; }

    public required RunSession Session { get; init; }

    /// <summary>What the write keeps safe.</summary>
    public required RunMemory Memory { get; init; }

    /// <summary>The phase that ends the run; null while it goes on.</summary>
    public required string? Phase { get; init; }

    public required string Message { get; init; }

    public required DateTimeOffset At { get; init; }

    public ObjectKey Key => ObjectKey.Of(Run);

    public Dictionary<string, string?> Annotations => RunAnnotations.Of(Snapshot.Pair, Session, Memory, Message, At);
}
