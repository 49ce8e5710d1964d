using System.Collections.Immutable;

namespace Rollouts.Analysis.Evidence;

/// <summary>
/// What the bettors of one metric own, as logarithms; immutable. Half waits in a reserve that drips into the bets.
/// </summary>
/// <remarks>
/// A mixture of non-negative supermartingales that starts at 1, hence itself one: P(evidence ever reaches 1/x) is at
/// most x (Ville 1939). The reserve lets a regression that starts late be found almost as fast as an early one.
/// </remarks>
internal sealed record Wealth(ImmutableArray<double> LogBets, double LogReserve, double LogEvidence, double LogHighest)
{
    private const double ReserveShare = .5;
    private static readonly double LogDrip = Math.Log(.01);
    private static readonly double LogKept = Math.Log(.99);

    /// <summary>The wealth before the first interval: evidence 1.</summary>
    public static Wealth Start(int bettors)
    {
        var bets = new double[bettors];
        for (var j = 0; j < bettors; j++)
        {
            bets[j] = Math.Log(1 - ReserveShare) + LogPrior(j, bettors);
        }

        return new Wealth([.. bets], Math.Log(ReserveShare), 0, 0);
    }

    /// <summary>The anytime p-value's logarithm: minus the highest evidence so far.</summary>
    public double LogPValue => -LogHighest;

    /// <summary>Lets the reserve drip, then multiplies each bettor's wealth by its factor.</summary>
    /// <param name="logFactors">One log factor a bettor, already clipped.</param>
    /// <param name="discount">The power in (0, 1] that slow noise leaves of every factor.</param>
    public Wealth Update(ReadOnlySpan<double> logFactors, double discount)
    {
        var bets = new double[LogBets.Length];
        for (var j = 0; j < bets.Length; j++)
        {
            var fed = LogMath.AddExp(LogBets[j], LogReserve + LogDrip + LogPrior(j, bets.Length));
            bets[j] = fed + (discount * logFactors[j]);
        }

        var reserve = LogReserve + LogKept;
        var evidence = LogMath.AddExp(LogMath.SumExp(bets), reserve);
        return new Wealth(
            System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(bets),
            reserve,
            evidence,
            Math.Max(LogHighest, evidence));
    }

    private static double LogPrior(int index, int bettors) =>
        bettors == 1 ? 0 : FairShare.LogPriorOf(index, bettors);
}
