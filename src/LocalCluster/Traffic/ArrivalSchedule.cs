namespace Rollouts.LocalCluster.Traffic;

/// <summary>
/// When requests are sent: a Poisson process, independent of how fast they are answered (open loop), and the same one
/// for the same seed. Gaps are exponential: -ln(1 - u) / rate.
/// </summary>
internal sealed class ArrivalSchedule
{
    private readonly Random _random;
    private readonly double _perSecond;
    private double _nextSeconds;

    public ArrivalSchedule(int seed, double perSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perSecond);
        _random = new Random(seed);
        _perSecond = perSecond;
        Advance();
    }

    /// <summary>
    /// How many requests arrive after the last call and until <paramref name="elapsed"/> since the start.
    /// </summary>
    public int DueBy(TimeSpan elapsed)
    {
        var due = 0;
        for (; _nextSeconds <= elapsed.TotalSeconds; Advance())
            due++;
        return due;
    }

    private void Advance() => _nextSeconds -= Math.Log(1 - _random.NextDouble()) / _perSecond;
}
