namespace Rollouts.Api.Faults;

/// <summary>All randomness of one instance, from one seed.</summary>
internal sealed class FaultDice(int seed)
{
    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();

    public int Seed => seed;

    /// <summary>True with the given probability, in 0..1; it draws also when that is 0 or 1.</summary>
    public bool Hits(double ratio) => Next() < ratio;

    /// <summary>Uniform in 0..1, without 1.</summary>
    public double Next()
    {
        lock (_lock)
        {
            return _random.NextDouble();
        }
    }

    /// <summary>Uniform in 0..<paramref name="count"/>-1.</summary>
    public int Pick(int count)
    {
        lock (_lock)
        {
            return _random.Next(count);
        }
    }
}
