using System.Collections.Immutable;

namespace Rollouts.Analysis.Evidence;

/// <summary>Does the canary answer with another mix of classes than stable? Two-sided; immutable.</summary>
/// <remarks>
/// Prequential Dirichlet-multinomial e-variable an interval, after Turner, Ly and Grünwald (2024), JSPI 230, 106116:
/// both arms' next mixes are predicted from the past, and their likelihood is set against one common mix. Its mean is
/// at most 1 for every common mix, also one that moves. Tempered by phi, the clustering of classes within stable pods.
/// See docs/statistics.md, section 5.
/// </remarks>
internal sealed record ClassDrift
{
    /// <summary>Requests' worth of belief that the canary's mix is stable's.</summary>
    private const double PriorRequests = 50;

    private const double FarthestPodFactor = 3;

    public required double Gate { get; init; }

    public ImmutableArray<double> Canary { get; init; } = [];

    public ImmutableArray<double> Stable { get; init; } = [];

    public ImmutableArray<PodClasses> StablePods { get; init; } = [];

    public Wealth Wealth { get; init; } = Wealth.Start(1);

    public double ObservedSquares { get; init; }

    public double ExpectedSquares { get; init; }

    public long Interval { get; init; }

    /// <summary>Log e-variable of the latest interval, before tempering and clip.</summary>
    public double LogLatest { get; init; }

    public double Phi => Math.Max(1, (ObservedSquares + 10) / (ExpectedSquares + 10));

    /// <summary>Total variation distance of the arms' cumulative mixes, 0..1; 0 while either is empty.</summary>
    public double Distance => ClassMix.Distance(Canary.AsSpan(), Stable.AsSpan());

    /// <summary>The mixes differ by the gate, and clearly more than any stable pod's differs from its peers'.</summary>
    public bool IsGateOpen
    {
        get
        {
            if (Distance < Gate || Distance <= 0)
            {
                return false;
            }

            var phi = Phi;
            var farthest = 0.0;
            foreach (var pod in StablePods)
            {
                farthest =
                    Math.Max(farthest, ClassMix.Divergence(pod.Counts.AsSpan(), Stable.AsSpan(), isPart: true, phi)
                        .Estimate);
            }

            var (estimate, deviation) = ClassMix.Divergence(Canary.AsSpan(), Stable.AsSpan(), isPart: false, phi);
            return estimate - (2 * deviation) >= FarthestPodFactor * farthest;
        }
    }

    public double GatedLogEvidence => IsGateOpen ? Wealth.LogEvidence : double.NegativeInfinity;

    /// <summary>
    /// Takes in one interval: class counts of the canary arm and of each stable pod, all of one length.
    /// </summary>
    /// <param name="stable">Sorted by pod name.</param>
    /// <param name="known">
    /// Number of classes known before this interval; those from there on are new and weighed as one of them, the first,
    /// because the classes must be fixed before the interval is seen. Null where all are fixed for good.
    /// </param>
    /// <param name="clip">The most by which the interval may multiply the evidence.</param>
    public ClassDrift Update(
        ReadOnlySpan<double> canary, ReadOnlySpan<PodClasses> stable, int? known = null, double clip = 5)
    {
        var classes = Math.Max(canary.Length, Canary.Length);
        foreach (var pod in stable)
        {
            classes = Math.Max(classes, pod.Counts.Length);
        }

        var pastCanary = ClassMix.Widened(Canary.AsSpan(), classes);
        var pastStable = ClassMix.Widened(Stable.AsSpan(), classes);
        var nowCanary = ClassMix.Widened(canary, classes);
        var nowStable = new double[classes];
        foreach (var pod in stable)
        {
            ClassMix.AddTo(nowStable, pod.Counts.AsSpan());
        }

        var weighed = known ?? classes;
        var log = ClassMix.LogEvidence(
            pastCanary.AsSpan(0, weighed), pastStable.AsSpan(0, weighed),
            ClassMix.Folded(nowCanary, weighed), ClassMix.Folded(nowStable, weighed), PriorRequests);
        var wealth = log is { } value ? Wealth.Update([Math.Min(Math.Log(clip), value / Phi)], 1) : Wealth;
        var (observed, expected) = ClassMix.Dispersion(stable, nowStable);
        ClassMix.AddTo(pastCanary, nowCanary);
        ClassMix.AddTo(pastStable, nowStable);
        return this with
        {
            Interval = Interval + 1,
            Canary = [.. pastCanary],
            Stable = [.. pastStable],
            StablePods = PodClasses.Merge(StablePods, stable, Interval),
            Wealth = wealth,
            LogLatest = log ?? 0,
            ObservedSquares = ObservedSquares + observed,
            ExpectedSquares = ExpectedSquares + expected,
        };
    }
}
