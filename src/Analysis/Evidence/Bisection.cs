namespace Rollouts.Analysis.Evidence;

/// <summary>The root of a monotone condition.</summary>
internal static class Bisection
{
    /// <summary>Enough halvings to reach neighbouring doubles from any bracket used here.</summary>
    private const int MostSteps = 200;

    /// <summary>
    /// The smallest x of the bracket where <paramref name="holds"/> is true, to the last bit; <paramref name="high"/>
    /// if none is.
    /// </summary>
    /// <param name="holds">False below the root, true above it.</param>
    public static double Root(double low, double high, Func<double, bool> holds)
    {
        if (holds(low))
        {
            return low;
        }

        for (var step = 0; step < MostSteps; step++)
        {
            var middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high)
            {
                break;
            }

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

    /// <summary>The root of a function that grows, in few evaluations, to <paramref name="width"/>.</summary>
    /// <param name="value">Below 0 at <paramref name="low"/>, at least 0 at <paramref name="high"/>.</param>
    /// <remarks>
    /// Regula falsi with the Illinois step (Dowell and Jarratt 1971, BIT 11, 168-174); halves where that stalls.
    /// </remarks>
    public static double RootOf(double low, double high, double width, Func<double, double> value)
    {
        double below = value(low), above = value(high);
        for (var step = 0; step < MostSteps && high - low > width; step++)
        {
            var guess = step % 8 == 7 ? double.NaN : high - (above * (high - low) / (above - below));
            var margin = width / 4;
            var at = guess > low && guess < high ? Math.Clamp(guess, low + margin, high - margin) : low
                + ((high - low) / 2);
            var reached = value(at);
            if (reached >= 0)
            {
                below = above * reached > 0 && reached > above / 2 ? below / 2 : below;
                (high, above) = (at, reached);
            }
            else
            {
                above = below * reached > 0 && reached < below / 2 ? above / 2 : above;
                (low, below) = (at, reached);
            }
        }

        return high;
    }
}
