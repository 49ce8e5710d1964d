namespace Rollouts.Analysis.Evidence;

/// <summary>What is remembered of one stable pod: its totals, and how its excess follows its previous excess.</summary>
/// <param name="Bad">Bad events in all.</param>
/// <param name="Exposure">Exposure in all.</param>
/// <param name="LastExcess">The latest excess over the pod's fair share of stable's bad events.</param>
/// <param name="LastSeen">Number of the interval in which the pod last had exposure.</param>
/// <param name="Pairs">Number of (previous, current) pairs of excesses.</param>
/// <param name="MeanPrevious">Mean of the pairs' first members.</param>
/// <param name="MeanCurrent">Mean of the pairs' second members.</param>
/// <param name="Covariance">Centred sum of products of the pairs.</param>
/// <param name="Variance">Mean of the centred sums of squares of the pairs' first and second members.</param>
internal readonly record struct PodMoments(
    string Pod,
    double Bad,
    double Exposure,
    double LastExcess,
    long LastSeen,
    long Pairs,
    double MeanPrevious,
    double MeanCurrent,
    double Covariance,
    double Variance)
{
    public static PodMoments First(PodCounts counts, double excess, long interval) =>
        new(counts.Pod, counts.Bad, counts.Exposure, excess, interval, 0, 0, 0, 0, 0);

    /// <summary>
    /// Adds one interval; the co-moments are centred as they grow, so that large counts lose nothing.
    /// </summary>
    /// <remarks>Source: Welford (1962), Technometrics 4, 419-420, for the pair's co-moment.</remarks>
    public PodMoments Next(PodCounts counts, double excess, long interval)
    {
        var pairs = Pairs + 1;
        var fromPrevious = LastExcess - MeanPrevious;
        var fromCurrent = excess - MeanCurrent;
        var meanPrevious = MeanPrevious + (fromPrevious / pairs);
        var meanCurrent = MeanCurrent + (fromCurrent / pairs);
        return new PodMoments(
            Pod,
            Bad + counts.Bad,
            Exposure + counts.Exposure,
            excess,
            interval,
            pairs,
            meanPrevious,
            meanCurrent,
            Covariance + (fromPrevious * (excess - meanCurrent)),
            Variance + (((fromPrevious * (LastExcess - meanPrevious)) + (fromCurrent * (excess - meanCurrent))) / 2));
    }
}
