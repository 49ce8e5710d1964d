namespace Rollouts.Simulation.Worlds;

internal static class Gauss
{
    /// <summary>The standard normal distribution function; absolute error below 1.5e-7.</summary>
    /// <remarks>Source: Abramowitz and Stegun (1964), 7.1.26.</remarks>
    public static double Cumulative(double z)
    {
        var x = Math.Abs(z) / Math.Sqrt(2);
        var t = 1 / (1 + (.3275911 * x));
        var series =
            t * (.254829592 + (t * (-.284496736 + (t * (1.421413741 + (t * (-1.453152027 + (t * 1.061405429))))))));
        var upper = series * Math.Exp(-x * x) / 2;
        return z >= 0 ? 1 - upper : upper;
    }
}
