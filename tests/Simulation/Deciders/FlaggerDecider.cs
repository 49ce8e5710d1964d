namespace Rollouts.Simulation.Deciders;

/// <summary>
/// Flagger's documented defaults: each minute success at least 99 % and p99 at most 500 ms; five failed checks abort.
/// </summary>
/// <remarks>Source: fluxcd/flagger, pkg/controller/scheduler_metrics.go: a missing value is a failed check.</remarks>
internal sealed class FlaggerDecider : Decider
{
    private const int WindowIntervals = 6;
    private const int Threshold = 5;
    private ArmTotals? _window;
    private int _intervals;
    private int _failed;

    public override string Name => "Flagger";

    public override bool Aborts(ArmView view)
    {
        _window = view.Canary.After(_window);
        if (++_intervals % WindowIntervals != 0)
        {
            return false;
        }

        var isGood = 1 - _window.ErrorRatio >= .99 && _window.Quantile(.99) <= .5;
        _failed += isGood ? 0 : 1;
        _window = null;
        return _failed >= Threshold;
    }
}
