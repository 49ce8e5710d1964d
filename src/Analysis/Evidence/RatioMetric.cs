namespace Rollouts.Analysis.Evidence;

/// <summary>Everything known about one ratio, bad events per exposure, on both arms; immutable.</summary>
internal sealed record RatioMetric
{
    /// <summary>Weight that one interval keeps in the gate's moving sums when the next comes.</summary>
    private const double GateDecay = .98;

    private const int MostBlocksOnStack = 32;

    public required RatioTerms Terms { get; init; }

    public required Wealth Wealth { get; init; }

    public PodNoise Noise { get; init; } = PodNoise.Nothing;

    /// <summary>Fading sums, for the gate.</summary>
    public ArmCounts Recent { get; init; }

    /// <summary>Sums since the step began, for messages and absolute limits.</summary>
    public ArmCounts InStep { get; init; }

    /// <summary>Intervals of this step with traffic on both arms; what a forecast takes its rate from.</summary>
    public long ComparedInStep { get; init; }

    public RatioHistory History { get; init; } = RatioHistory.Empty;

    /// <summary>Pass evidence of the step under way.</summary>
    public required MarginBound Bound { get; init; }

    /// <summary>The plain difference of the arms in the step under way, for plots.</summary>
    public required MarginBound Difference { get; init; }

    /// <summary>Tolerance used in the latest interval.</summary>
    public required double Tolerance { get; init; }

    /// <summary>Discount used in the latest interval.</summary>
    public double Discount { get; init; } = 1;

    public static RatioMetric Start(RatioTerms terms) => new()
    {
        Terms = terms,
        Wealth = Wealth.Start(terms.UsesTanh ? FairShare.AllCount : FairShare.LinearCount),
        Bound = MarginBound.Start(terms.Tolerance),
        Difference = MarginBound.Start(1),
        Tolerance = terms.Tolerance,
    };

    /// <summary>The estimated excess reaches the gate; without exposure on either arm it does not.</summary>
    public bool IsGateOpen =>
        Recent is { CanaryRatio: { } canary, StableRatio: { } stable } && canary - stable >= Terms.Gate;

    /// <summary>Log evidence that counts against the canary; negative infinity while the gate is closed.</summary>
    public double GatedLogEvidence => IsGateOpen ? Wealth.LogEvidence : double.NegativeInfinity;

    /// <summary>The canary is shown to be within the margin; a metric without a margin always is.</summary>
    public bool Passes(double beta) => Terms.Margin is not { } margin
        || (History.Count > 0 && Bound.LogNotWorse(margin, Noise.PassPhi) >= Math.Log(1 / beta));

    /// <summary>A new weight step: pass evidence starts anew, abort evidence, noise and history go on.</summary>
    public RatioMetric StartStep() => this with
    {
        Bound = MarginBound.Start(Terms.Tolerance),
        Difference = MarginBound.Start(1),
        InStep = default,
        ComparedInStep = 0,
    };

    /// <summary>Takes in one evidence interval. Tolerance and discount come from the past alone.</summary>
    /// <param name="canary">The pods scraped in this interval, sorted by name.</param>
    /// <param name="step">Number of the weight step under way.</param>
    public RatioMetric Update(ReadOnlySpan<PodCounts> canary, ReadOnlySpan<PodCounts> stable, int step)
    {
        var tolerance = Noise.Tolerance(Terms.Tolerance, canary.Length);
        var discount = Noise.Discount();
        var counts = ArmCounts.Sum(canary, stable);
        var next = this with
        {
            Wealth = Bet(canary, stable, tolerance, discount),
            Noise = Noise.Update(stable),
            Recent = Recent.Faded(GateDecay) + counts,
            InStep = InStep + counts,
            Tolerance = tolerance,
            Discount = discount,
        };
        return !counts.HasTrafficOnBothArms ? next : next with
        {
            ComparedInStep = ComparedInStep + 1,
            History = History.Add(counts, step),
            Bound = Bound.Update(counts),
            Difference = Difference.Update(counts),
        };
    }

    private Wealth Bet(
        ReadOnlySpan<PodCounts> canary, ReadOnlySpan<PodCounts> stable, double tolerance, double discount)
    {
        var count = Blocks.CountOf(canary.Length, stable.Length);
        var blocks = count <= MostBlocksOnStack ? stackalloc ArmCounts[count] : new ArmCounts[count];
        Blocks.Deal(canary, stable, blocks);
        var hasTraffic = false;
        foreach (var block in blocks)
        {
            hasTraffic |= block.HasTrafficOnBothArms;
        }

        if (!hasTraffic)
        {
            return Wealth;
        }

        Span<double> logFactors = stackalloc double[Wealth.LogBets.Length];
        FairShare.Bet(blocks, tolerance, Terms.Clip, logFactors);
        return Wealth.Update(logFactors, discount);
    }
}

/// <summary>What is asked of one ratio.</summary>
/// <param name="Tolerance">How many times stable's ratio is acceptable: rho, at least 1.</param>
/// <param name="Gate">Smallest excess of the canary's ratio that counts.</param>
/// <param name="Margin">Excess over the tolerance line that a Pass must exclude; null where Pass does not ask.</param>
/// <param name="UsesTanh">Whether the four tanh bettors play too.</param>
/// <param name="Clip">The largest factor by which one interval may multiply the evidence.</param>
internal sealed record RatioTerms(double Tolerance, double Gate, double? Margin, bool UsesTanh, double Clip);
