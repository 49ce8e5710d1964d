namespace Rollouts.Analysis.Evidence;

/// <summary>One number a pod, compared between the arms: pods are the sample, not readings.</summary>
internal static class GaugeTest
{
    public const int FewestStablePods = 5;

    /// <summary>
    /// Student's t of the canary's mean against the stable pods, and the value from which it is flagged.
    /// </summary>
    /// <remarks>
    /// The standard deviation is stable's alone: one or two canary pods tell nothing about spread. Four looks share 1
    /// %.
    /// </remarks>
    /// <returns>
    /// Null with fewer than five stable pods or no canary pod. A spread of zero gives an infinite or zero t.
    /// </returns>
    public static (double T, double Critical)? Compare(ReadOnlySpan<double> canary, ReadOnlySpan<double> stable)
    {
        if (stable.Length < FewestStablePods || canary.IsEmpty)
        {
            return null;
        }

        var mean = Mean(stable);
        var squares = 0.0;
        foreach (var value in stable)
        {
            squares += (value - mean) * (value - mean);
        }

        var spread = Math.Sqrt(squares / (stable.Length - 1));
        var difference = Mean(canary) - mean;
        var error = spread * Math.Sqrt((1.0 / canary.Length) + (1.0 / stable.Length));
        var t = error > 0 ? difference / error
            : difference == 0 ? 0
            : double.CopySign(double.PositiveInfinity, difference);
        return (t, StudentT.Quantile(StudentT.Normal9975, stable.Length - 1));
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }
}
