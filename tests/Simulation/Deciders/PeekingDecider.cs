namespace Rollouts.Simulation.Deciders;

/// <summary>
/// A one-sided z-test at 5 % on cumulative counts (errors, and requests over 250 ms), looked at in every interval.
/// </summary>
internal sealed class PeekingDecider : Decider
{
    /// <summary>The normal quantile of 97.5 %: 5 % shared by two metrics.</summary>
    private const double Critical = 1.96;

    private ArmTotals? _canary;
    private ArmTotals? _stable;

    public override string Name => "z-test, peeking";

    public override bool Aborts(ArmView view)
    {
        _canary = view.Canary.After(_canary);
        _stable = view.Stable.After(_stable);
        return Z(_canary.Errors, _canary.Requests, _stable.Errors, _stable.Requests) > Critical
            || Z(_canary.SlowerThan(.25), _canary.Requests, _stable.SlowerThan(.25), _stable.Requests) > Critical;
    }

    private static double Z(double a, double nc, double b, double ns)
    {
        var pooled = (a + b) / (nc + ns);
        var deviation = Math.Sqrt(pooled * (1 - pooled) * ((1 / nc) + (1 / ns)));
        return deviation > 0 ? ((a / nc) - (b / ns)) / deviation : 0;
    }
}
