namespace Rollouts.Analysis.Evidence;

/// <summary>
/// The bounded memory behind the ratio plot: one entry an interval with traffic on both arms; an immutable chain.
/// </summary>
/// <remarks>
/// When full, neighbouring entries of one step are summed in pairs. Within such a pair the common rate is then taken as
/// steady.
/// </remarks>
internal sealed class RatioHistory
{
    /// <summary>Most entries.</summary>
    public const int Capacity = 512;

    public static readonly RatioHistory Empty = new(null, default, 0, 0);

    /// <summary>Width to which the bounds are found in ln rho, for plots: ten digits of the ratio.</summary>
    public const double Fine = 1e-10;

    /// <summary>The same for sentences, at half the cost: five digits, of which three are shown.</summary>
    public const double Coarse = 1e-5;

    private readonly RatioHistory? _earlier;
    private readonly ArmCounts _counts;
    private readonly int _step;

    private RatioHistory(RatioHistory? earlier, ArmCounts counts, int step, int count)
    {
        _earlier = earlier;
        _counts = counts;
        _step = step;
        Count = count;
    }

    public int Count { get; }

    /// <summary>Appends one interval of weight step <paramref name="step"/>.</summary>
    public RatioHistory Add(ArmCounts counts, int step)
    {
        var room = Count < Capacity ? this : Halved();
        return new RatioHistory(room, counts, step, room.Count + 1);
    }

    /// <summary>Appends an entry of a checkpoint as it was, without making room.</summary>
    public RatioHistory Restored(ArmCounts counts, int step) => Count < Capacity
        ? new RatioHistory(this, counts, step, Count + 1)
        : throw new InvalidDataException("a ratio history has too many entries");

    /// <summary>Copies the entries, oldest first; <paramref name="steps"/> may be empty.</summary>
    public void CopyTo(Span<ArmCounts> entries, Span<int> steps = default)
    {
        var entry = this;
        for (var i = Count - 1; i >= 0; i--)
        {
            entries[i] = entry._counts;
            if (!steps.IsEmpty)
            {
                steps[i] = entry._step;
            }

            entry = entry._earlier!;
        }
    }

    /// <summary>
    /// The confidence sequence of the ratio of the arms' bad ratios at level <paramref name="alpha"/>, both sides.
    /// </summary>
    /// <remarks>
    /// Inverts the linear bettors (pooled arms, no reserve, clip or discount) over rho, in ln rho on [1e-6,
    /// 1e6]. Valid under any clustering within an interval.
    /// </remarks>
    /// <returns>Lower 0 and upper infinity where the evidence does not reach.</returns>
    public (double Lower, double Upper) RatioBounds(double alpha, double width = Fine)
    {
        var entries = new ArmCounts[Count];
        CopyTo(entries);
        var limit = Math.Log(2 / alpha);
        var lowest = Math.Log(1e-6);
        var highest = Math.Log(1e6);

        bool MayBe(double logRho) => FairShare.LogLinearMixture(entries, Math.Exp(logRho), reversed: false) < limit;
        bool IsAbove(double logRho) => FairShare.LogLinearMixture(entries, Math.Exp(logRho), reversed: true) >= limit;

        var lower = MayBe(lowest) ? 0 : Math.Exp(Bisection.Root(lowest, highest, MayBe, width));
        var upper = IsAbove(highest) ? Math.Exp(Bisection.Root(lowest, highest, IsAbove, width))
            : double.PositiveInfinity;
        return (lower, upper);
    }

    private RatioHistory Halved()
    {
        var entries = new ArmCounts[Count];
        var steps = new int[Count];
        CopyTo(entries, steps);
        var pairsWithinSteps = Merged(entries, steps, acrossSteps: false);
        return pairsWithinSteps.Count <= Capacity / 2 * 3 / 2 ? pairsWithinSteps
            : Merged(entries, steps, acrossSteps: true);
    }

    private static RatioHistory Merged(ReadOnlySpan<ArmCounts> entries, ReadOnlySpan<int> steps, bool acrossSteps)
    {
        var merged = Empty;
        for (var i = 0; i < entries.Length; i++)
        {
            var isPair = i + 1 < entries.Length && (acrossSteps || steps[i] == steps[i + 1]);
            var counts = isPair ? entries[i] + entries[i + 1] : entries[i];
            merged = new RatioHistory(merged, counts, steps[i], merged.Count + 1);
            i += isPair ? 1 : 0;
        }

        return merged;
    }
}
