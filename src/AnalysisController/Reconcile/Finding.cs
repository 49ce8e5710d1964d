using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>What there is to tell of one run, and the run as it was just read.</summary>
/// <param name="Memory">What the write keeps safe.</param>
/// <param name="Phase">The phase that ends the run; null while it goes on.</param>
internal sealed record Finding(
    RolloutSnapshot Snapshot,
    JudgedRun Judged,
    AnalysisRun Run,
    RunSession Session,
    RunMemory Memory,
    string? Phase,
    string Message,
    DateTimeOffset At
)
{
    public ObjectKey Key => ObjectKey.Of(Run);

    public Dictionary<string, string?> Annotations => RunAnnotations.Of(Snapshot.Pair, Session, Memory, Message, At);
}
