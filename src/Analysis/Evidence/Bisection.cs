namespace Rollouts.Analysis.Evidence;

/// <summary>The root of a monotone condition.</summary>
internal static class Bisection
{
    /// <summary>Enough halvings to reach neighbouring doubles from any bracket used here.</summary>
    private const int MostSteps = 100;

    /// <summary>
    /// The smallest x of the bracket where <paramref name="holds"/> is true, to within <paramref name="width"/>, or to
    /// the last bit; <paramref name="high"/> if none is.
    /// </summary>
    /// <param name="holds">False below the root, true above it.</param>
    public static double Root(double low, double high, Func<double, bool> holds, double width = 0)
    {
        if (holds(low))
        {
            return low;
        }

        for (var step = 0; step < MostSteps && high - low > width; step++)
        {
            var middle = low + ((high - low) / 2);
            if (holds(middle))
            {
                high = middle;
            }
            else
            {
                low = middle;
            }
        }

        return high;
    }
}
