namespace Rollouts.Analysis.Evidence;

/// <summary>
/// Which bucket boundary stands for a quantile: chosen from stable's past, hence fixed before the interval it judges.
/// </summary>
internal static class LatencyBoundary
{
    /// <summary>Requests that stable must have served before a boundary is chosen.</summary>
    public const double FewestRequests = 200;

    /// <summary>
    /// Index of the smallest finite boundary that at most 1 - q of stable's past requests exceeded, else of the last
    /// one.
    /// </summary>
    /// <param name="exceeded">Past requests slower than each finite boundary.</param>
    /// <returns>Null until stable has served 200 requests, or without a finite boundary.</returns>
    public static int? Choose(ReadOnlySpan<double> exceeded, double requests, double quantile)
    {
        if (requests < FewestRequests || exceeded.IsEmpty)
        {
            return null;
        }

        for (var k = 0; k < exceeded.Length; k++)
        {
            if (exceeded[k] <= (1 - quantile) * requests)
            {
                return k;
            }
        }

        return exceeded.Length - 1;
    }
}
