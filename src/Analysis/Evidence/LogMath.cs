namespace Rollouts.Analysis.Evidence;

/// <summary>Sums and products of probabilities in natural logarithms.</summary>
internal static class LogMath
{
    /// <summary>ln(e^x + e^y); exact for an infinite argument, relative error below 4e-16.</summary>
    public static double AddExp(double x, double y)
    {
        var high = Math.Max(x, y);
        return double.IsNegativeInfinity(high) ? high : high + LogOnePlus(Math.Exp(Math.Min(x, y) - high));
    }

    /// <summary>ln of the sum of e^x over all terms; negative infinity when there is none.</summary>
    public static double SumExp(ReadOnlySpan<double> terms)
    {
        var high = double.NegativeInfinity;
        foreach (var term in terms)
        {
            high = Math.Max(high, term);
        }

        if (double.IsNegativeInfinity(high))
        {
            return high;
        }

        var sum = 0.0;
        foreach (var term in terms)
        {
            sum += Math.Exp(term - high);
        }

        return high + Math.Log(sum);
    }

    /// <summary>ln(1 + x) for x > -1, accurate also where 1 + x rounds.</summary>
    /// <remarks>
    /// Source: Goldberg (1991), What every computer scientist should know about floating-point arithmetic, theorem 4.
    /// </remarks>
    public static double LogOnePlus(double x)
    {
        var rounded = 1 + x;
        return rounded == 1 || double.IsPositiveInfinity(rounded) ? x : Math.Log(rounded) * (x / (rounded - 1));
    }

    /// <summary>
    /// ln(1 + tanh x), for every finite x; through softplus, because 1 + tanh x cancels for negative x.
    /// </summary>
    public static double LogOnePlusTanh(double x) => Math.Log(2) - Softplus(-2 * x);

    private static double Softplus(double y) => Math.Max(y, 0) + LogOnePlus(Math.Exp(-Math.Abs(y)));
}
