namespace Rollouts.Analysis.Evidence;

/// <summary>A slope that a few outliers do not move.</summary>
internal static class TheilSen
{
    /// <summary>The median of the slopes of all pairs with different times; 0 without such a pair.</summary>
    /// <remarks>
    /// Source: Theil (1950); Sen (1968), JASA 63, 1379-1389. The median of an even number is the mean of the middle
    /// two.
    /// </remarks>
    public static double Slope(ReadOnlySpan<double> times, ReadOnlySpan<double> values)
    {
        var slopes = new List<double>(times.Length * (times.Length - 1) / 2);
        for (var i = 0; i < times.Length; i++)
        {
            for (var j = i + 1; j < times.Length; j++)
            {
                if (times[j] != times[i])
                {
                    slopes.Add((values[j] - values[i]) / (times[j] - times[i]));
                }
            }
        }

        return slopes.Count == 0 ? 0 : MedianOf(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(slopes));
    }

    /// <summary>The median; sorts <paramref name="values"/> in place.</summary>
    public static double MedianOf(Span<double> values)
    {
        values.Sort();
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
