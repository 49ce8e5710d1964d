namespace Rollouts.Analysis.Evidence;

/// <summary>The bet on the canary's share of the bad events of one interval.</summary>
/// <remarks>
/// Question: does the canary produce more than <c>rho</c> times its fair share of the bad events? Assumption: bad
/// events come in clusters, each confined to one pod and one interval, and a cluster falls on the canary with
/// probability at most rho*nc/(rho*nc+ns). Then every factor below has mean at most 1, whatever the common rate does
/// and however events cluster. See docs/statistics.md, section 1, for the proof.
/// </remarks>
internal static class FairShare
{
    /// <summary>Number of linear bettors.</summary>
    public const int LinearCount = 6;

    /// <summary>Number of linear and tanh bettors together.</summary>
    public const int AllCount = 10;

    /// <summary>
    /// Above this canary-to-stable exposure the tanh bettors abstain: a majority's share is not right-skewed.
    /// </summary>
    private const double TanhLargestExposureRatio = 1.1;

    private const double SmallestProduct = 1e-150;
    private const double LargestProduct = 1e150;

    private static ReadOnlySpan<double> LinearStakes => [.02, .05, .12, .3, .6, .9];

    private static ReadOnlySpan<double> TanhStakes => [1.5, 5, 15, 50];

    /// <summary>Prior weight of bettor <paramref name="index"/> among <paramref name="count"/>.</summary>
    public static double LogPriorOf(int index, int count) =>
        -Math.Log(count == LinearCount ? 6 : index < LinearCount ? 12 : 8);

    /// <summary>Observed share over fair share, less one; null where the interval says nothing.</summary>
    /// <returns>At least -1; at most ns/(rho*nc).</returns>
    public static double? Excess(ArmCounts counts, double rho)
    {
        var events = counts.CanaryBad + counts.StableBad;
        if (events <= 0 || !counts.HasTrafficOnBothArms)
        {
            return null;
        }

        var expected = rho * counts.CanaryExposure;
        return ((counts.CanaryBad * counts.StableExposure) - (expected * counts.StableBad)) / (events * expected);
    }

    /// <summary>Log factor of every bettor over all blocks, clipped from above at <paramref name="clip"/>.</summary>
    /// <param name="logFactors">Six entries for linear bettors only, ten with the tanh bettors.</param>
    public static void Bet(ReadOnlySpan<ArmCounts> blocks, double rho, double clip, Span<double> logFactors)
    {
        logFactors.Clear();
        foreach (var block in blocks)
        {
            if (Excess(block, rho) is not { } excess)
            {
                continue;
            }

            for (var j = 0; j < LinearCount; j++)
            {
                logFactors[j] += LogMath.LogOnePlus(LinearStakes[j] * excess);
            }

            if (logFactors.Length > LinearCount
                && block.CanaryExposure <= TanhLargestExposureRatio * block.StableExposure)
            {
                for (var j = LinearCount; j < AllCount; j++)
                {
                    logFactors[j] += LogMath.LogOnePlusTanh(TanhStakes[j - LinearCount] * excess);
                }
            }
        }

        var limit = Math.Log(clip);
        foreach (ref var factor in logFactors)
        {
            factor = Math.Min(factor, limit);
        }
    }

    /// <summary>The mixture of the linear bettors alone on one history, without reserve, clip or discount.</summary>
    /// <remarks>
    /// Multiplies, and takes a logarithm only before a product leaves the range of a double: this is bisected.
    /// </remarks>
    internal static double LogLinearMixture(ReadOnlySpan<ArmCounts> history, double rho, bool reversed)
    {
        Span<double> logWealth = stackalloc double[LinearCount];
        Span<double> product = stackalloc double[LinearCount];
        logWealth.Fill(-Math.Log(LinearCount));
        product.Fill(1);
        foreach (var entry in history)
        {
            var counts = reversed
                ? new ArmCounts(entry.StableBad, entry.CanaryBad, entry.StableExposure, entry.CanaryExposure)
                : entry;
            if (Excess(counts, reversed ? 1 / rho : rho) is not { } excess)
            {
                continue;
            }

            for (var j = 0; j < LinearCount; j++)
            {
                product[j] *= 1 + (LinearStakes[j] * excess);
                if (product[j] is < SmallestProduct or > LargestProduct)
                {
                    logWealth[j] += Math.Log(product[j]);
                    product[j] = 1;
                }
            }
        }

        for (var j = 0; j < LinearCount; j++)
        {
            logWealth[j] += Math.Log(product[j]);
        }

        return LogMath.SumExp(logWealth);
    }
}
