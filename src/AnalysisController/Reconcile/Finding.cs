using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>What there is to tell of one run, and the run as it was just read.</summary>
/// <param name="Phase">The phase that ends the run; null while it goes on.</param>
internal sealed record Finding(
    RolloutSnapshot Snapshot,
    JudgedRun Judged,
    AnalysisRun Run,
    RunSession Session,
    string? Phase,
    string Message,
    DateTimeOffset At
)
{
    public ObjectKey Key => ObjectKey.Of(Run);

    public Dictionary<string, string> Annotations => RunAnnotations.Of(Snapshot.Pair, Session, Message, At);
}
