namespace Rollouts.Analysis.Evidence;

/// <summary>What one pod added in one evidence interval: bad events, and the exposure in which they fell.</summary>
/// <param name="Exposure">
/// Requests, probes or pod-seconds; at least <paramref name="Bad"/> for requests and probes.
/// </param>
internal readonly record struct PodCounts(string Pod, double Bad, double Exposure);

/// <summary>Both arms side by side, summed over pods of one block, one interval or several.</summary>
internal readonly record struct ArmCounts(
    double CanaryBad, double StableBad, double CanaryExposure, double StableExposure)
{
    /// <summary>Only then can the arms be compared.</summary>
    public bool HasTrafficOnBothArms => CanaryExposure > 0 && StableExposure > 0;

    /// <summary>Bad events per unit of exposure of the canary; null without exposure.</summary>
    public double? CanaryRatio => CanaryExposure > 0 ? CanaryBad / CanaryExposure : null;

    public double? StableRatio => StableExposure > 0 ? StableBad / StableExposure : null;

    public static ArmCounts operator +(ArmCounts left, ArmCounts right) => new(
        left.CanaryBad + right.CanaryBad,
        left.StableBad + right.StableBad,
        left.CanaryExposure + right.CanaryExposure,
        left.StableExposure + right.StableExposure);

    public static ArmCounts Sum(ReadOnlySpan<PodCounts> canary, ReadOnlySpan<PodCounts> stable)
    {
        double canaryBad = 0, canaryExposure = 0, stableBad = 0, stableExposure = 0;
        foreach (var pod in canary)
        {
            canaryBad += pod.Bad;
            canaryExposure += pod.Exposure;
        }

        foreach (var pod in stable)
        {
            stableBad += pod.Bad;
            stableExposure += pod.Exposure;
        }

        return new ArmCounts(canaryBad, stableBad, canaryExposure, stableExposure);
    }

    public ArmCounts Faded(double factor) =>
        new(CanaryBad * factor, StableBad * factor, CanaryExposure * factor, StableExposure * factor);
}
