namespace Rollouts.Simulation.Worlds;

/// <summary>One family of worlds: what traffic, pods and noise are like, and what is wrong with the canary.</summary>
internal sealed record Scenario(string Name)
{
    /// <summary>Ten seconds each.</summary>
    public int Intervals { get; init; } = 180;

    public double RequestsPerSecond { get; init; } = 100;

    /// <summary>The canary's share of the requests by interval.</summary>
    public Func<int, double> Weight { get; init; } = _ => .05;

    public int CanaryPods { get; init; } = 1;

    public int StablePods { get; init; } = 9;

    /// <summary>
    /// Amplitude and period (intervals) of the traffic's swing; its phase differs from world to world.
    /// </summary>
    public double Swing { get; init; } = .3;

    public double SwingIntervals { get; init; } = 60;

    public double BaseErrors { get; init; } = .001;

    public double MedianSeconds { get; init; } = .06;

    /// <summary>Standard deviation of the log latency; the default has its p99 at 386 ms.</summary>
    public double LatencySpread { get; init; } = .8003;

    // What differs on the canary from interval Onset on.
    public int Onset { get; init; }

    public double? CanaryErrors { get; init; }

    public double CanaryLatencyFactor { get; init; } = 1;

    /// <summary>Factor on the slowest 2 % of the canary's requests.</summary>
    public double CanaryTailFactor { get; init; } = 1;

    public bool CanaryHasTraffic { get; init; } = true;

    // Noise that both arms have.
    public Burst? ErrorBursts { get; init; }

    public Burst? SlowBursts { get; init; }

    /// <summary>Standard deviation of the pods' persistent log error ratios.</summary>
    public double PodErrorSpread { get; init; }

    /// <summary>Standard deviation of the pods' persistent log latency.</summary>
    public double PodLatencySpread { get; init; }

    /// <summary>Standard deviation and correlation time (s) of each pod's wandering log latency.</summary>
    public double WanderSpread { get; init; }

    public double WanderSeconds { get; init; } = 60;

    /// <summary>Factor on the error ratio of both arms by interval: incidents, storms.</summary>
    public Func<int, double> CommonErrors { get; init; } = _ => 1;

    /// <summary>Factor on latency of both arms by interval.</summary>
    public Func<int, double> CommonLatency { get; init; } = _ => 1;

    /// <summary>Extra log latency of one canary pod: a slow node.</summary>
    public double SlowNode { get; init; }

    /// <summary>
    /// Share of requests on a route with its own error ratio, and that ratio; the mix wanders by interval.
    /// </summary>
    public (double Share, double Errors)? OwnRoute { get; init; }

    /// <summary>Share of heavy requests whose latency follows a Pareto tail with this exponent; 0 for none.</summary>
    public double ParetoExponent { get; init; }
}

/// <summary>Clusters of bad requests, each on one pod; sizes and lengths are exponential.</summary>
/// <param name="Events">Mean number of bad requests.</param>
/// <param name="Seconds">Mean length.</param>
/// <param name="MeanSeconds">Between two of them, over both arms.</param>
/// <param name="ByPod">Strikes a pod at random; else a request at random, hence a busy pod more often.</param>
internal sealed record Burst(int Events, double Seconds, double MeanSeconds, bool ByPod = false);
