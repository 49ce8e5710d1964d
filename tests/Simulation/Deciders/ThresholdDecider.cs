namespace Rollouts.Simulation.Deciders;

/// <summary>
/// Argo Rollouts with the canary's success rate per minute: aborted when more than failureLimit measurements fail.
/// </summary>
/// <remarks>Source: argoproj/argo-rollouts, docs/features/analysis.md. Every NaN is tolerated.</remarks>
internal sealed class ThresholdDecider(double success, int failureLimit) : Decider
{
    private const int WindowIntervals = 6;
    private ArmTotals? _window;
    private int _intervals;
    private int _failed;

    public override string Name => FormattableString.Invariant($"Argo {success:0.##} fl {failureLimit}");

    public override bool Aborts(ArmView view)
    {
        _window = view.Canary.After(_window);
        if (++_intervals % WindowIntervals != 0)
        {
            return false;
        }

        _failed += 1 - _window.ErrorRatio < success ? 1 : 0;
        _window = null;
        return _failed > failureLimit;
    }
}
