namespace Rollouts.Simulation.Worlds;

/// <summary>Random numbers of the distributions that traffic has; one seed, one sequence.</summary>
internal sealed class Draw(int seed)
{
    /// <summary>
    /// Above this mean a rounded normal stands in for binomial and Poisson; the error of a tail probability is below 2
    /// %.
    /// </summary>
    private const double NormalFrom = 60;

    private readonly Random _random = new(seed);
    private double? _spare;

    public double Uniform() => _random.NextDouble();

    public double Normal()
    {
        if (_spare is { } spare)
        {
            _spare = null;
            return spare;
        }

        var radius = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble()));
        var angle = 2 * Math.PI * _random.NextDouble();
        _spare = radius * Math.Sin(angle);
        return radius * Math.Cos(angle);
    }

    public double Exponential(double mean) => -mean * Math.Log(1 - _random.NextDouble());

    public int Poisson(double mean)
    {
        if (mean >= NormalFrom)
        {
            return Math.Max(0, (int)Math.Round(mean + (Math.Sqrt(mean) * Normal())));
        }

        var probability = Math.Exp(-mean);
        var left = _random.NextDouble() - probability;
        var count = 0;
        while (left > 0 && probability > 0)
        {
            count++;
            probability *= mean / count;
            left -= probability;
        }

        return count;
    }

    public int Binomial(int trials, double p)
    {
        if (trials <= 0 || p <= 0)
        {
            return 0;
        }

        if (p >= 1)
        {
            return trials;
        }

        if (p > .5)
        {
            return trials - Binomial(trials, 1 - p);
        }

        var mean = trials * p;
        if (mean >= NormalFrom)
        {
            return Math.Clamp((int)Math.Round(mean + (Math.Sqrt(mean * (1 - p)) * Normal())), 0, trials);
        }

        var odds = p / (1 - p);
        var probability = Math.Exp(trials * Math.Log(1 - p));
        var left = _random.NextDouble() - probability;
        var count = 0;
        while (left > 0 && count < trials)
        {
            count++;
            probability *= odds * (trials - count + 1) / count;
            left -= probability;
        }

        return count;
    }
}
