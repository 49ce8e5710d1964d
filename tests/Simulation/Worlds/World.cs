using System.Collections.Immutable;

using Rollouts.Analysis.Observation;

namespace Rollouts.Simulation.Worlds;

/// <summary>One world of a scenario: evidence intervals by seed.</summary>
internal sealed class World
{
    private const double IntervalSeconds = 10;
    private static readonly ImmutableArray<double> Bounds = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];

    private readonly Scenario _scenario;
    private readonly Draw _draw;
    private readonly SimulatedPod[] _canary;
    private readonly SimulatedPod[] _stable;
    private readonly double _phase;
    private readonly BurstSource? _errorBursts;
    private readonly BurstSource? _slowBursts;
    private readonly double[] _shares = new double[Bounds.Length];

    public World(Scenario scenario, int seed)
    {
        _scenario = scenario;
        _draw = new Draw(seed);
        _phase = _draw.Uniform();
        _canary = [.. Enumerable.Range(0, scenario.CanaryPods).Select(i => new SimulatedPod($"c{i}", scenario, _draw))];
        _stable = [.. Enumerable.Range(0, scenario.StablePods).Select(i => new SimulatedPod($"s{i}", scenario, _draw))];
        _errorBursts = scenario.ErrorBursts is { } errors ? new BurstSource(errors, _draw) : null;
        _slowBursts = scenario.SlowBursts is { } slow ? new BurstSource(slow, _draw) : null;
        if (scenario.SlowNode != 0)
        {
            _canary[0].Latency += scenario.SlowNode;
        }
    }

    public static DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The evidence of interval <paramref name="index"/>, counted from 0; to be asked for in order.</summary>
    public EvidenceInterval Next(int index)
    {
        var swing = 1 + (_scenario.Swing * Math.Sin(2 * Math.PI * (_phase + (index / _scenario.SwingIntervals))));
        var requests = _scenario.RequestsPerSecond * IntervalSeconds * swing;
        var weight = _scenario.CanaryHasTraffic ? _scenario.Weight(index) : 0;
        foreach (var pod in _canary.Concat(_stable))
        {
            pod.Begin(_draw, _scenario, IntervalSeconds);
        }

        _errorBursts?.Strike(index, IntervalSeconds, _canary, _stable, weight, (pod, events) =>
            pod.BurstErrors += events);
        _slowBursts?.Strike(index, IntervalSeconds, _canary, _stable, weight, (pod, events) => pod.BurstSlow += events);
        var isBad = index >= _scenario.Onset;
        return new EvidenceInterval
        {
            At = Start.AddSeconds((index + 1) * IntervalSeconds),
            Canary = [.. _canary.Select(pod => Serve(pod, requests * weight / _canary.Length, index, isBad))],
            Stable = [.. _stable.Select(pod =>
                Serve(pod, requests * (1 - weight) / _stable.Length, index, isBad: false))],
            BucketBounds = Bounds,
        };
    }

    private PodIncrease Serve(SimulatedPod pod, double mean, int index, bool isBad)
    {
        var own = _draw.Poisson(mean);
        var usual = isBad && _scenario.CanaryErrors is { } bad ? bad : RouteErrors();
        var ratio = Math.Min(1, usual * pod.Errors * _scenario.CommonErrors(index));
        var errors = _draw.Binomial(own, ratio) + pod.BurstErrors;
        var all = own + pod.BurstErrors + pod.BurstSlow;
        return new PodIncrease
        {
            Pod = pod.Name,
            Requests = all,
            Errors = errors,
            ClientErrors = 0,
            Buckets = Latencies(pod, own, pod.BurstErrors, all, index, isBad),
            Health = new BadOfAll(0, 2),
            Restarts = new BadOfAll(0, IntervalSeconds),
        };
    }

    private double RouteErrors()
    {
        if (_scenario.OwnRoute is not var (share, errors))
        {
            return _scenario.BaseErrors;
        }

        var now = Math.Clamp(share * Math.Exp(.3 * _draw.Normal()), 0, 1);
        return (now * errors) + ((1 - now) * _scenario.BaseErrors);
    }

    private ImmutableArray<double> Latencies(SimulatedPod pod, int own, int fast, int all, int index, bool isBad)
    {
        var shift = pod.Latency + pod.Wander + Math.Log(_scenario.CommonLatency(index))
            + (isBad ? Math.Log(_scenario.CanaryLatencyFactor) : 0);
        for (var k = 0; k < Bounds.Length; k++)
        {
            _shares[k] = ShareWithin(Bounds[k] / Math.Exp(shift), isBad ? _scenario.CanaryTailFactor : 1);
        }

        var counts = new double[Bounds.Length + 1];
        var left = own;
        double within = 0, shareBefore = 0;
        for (var k = 0; k < Bounds.Length && left > 0; k++)
        {
            var share = shareBefore >= 1 ? 0 : (_shares[k] - shareBefore) / (1 - shareBefore);
            var here = _draw.Binomial(left, Math.Clamp(share, 0, 1));
            left -= here;
            within += here;
            shareBefore = Math.Max(shareBefore, _shares[k]);
            counts[k] = within;
        }

        for (var k = 1; k < Bounds.Length; k++)
        {
            counts[k] = Math.Max(counts[k], counts[k - 1]);
        }

        // Failed requests of a burst are quick, slow ones end in the open bucket.
        for (var k = 0; k < Bounds.Length; k++)
        {
            counts[k] += Bounds[k] >= .05 ? fast : 0;
        }

        counts[^1] = all;
        return [.. counts];
    }

    private double ShareWithin(double seconds, double tailFactor)
    {
        var share = NormalShare(seconds);
        if (tailFactor > 1)
        {
            share = Math.Min(share, Math.Max(.98, NormalShare(seconds / tailFactor)));
        }

        if (_scenario.ParetoExponent > 0)
        {
            const double HeavyShare = .1;
            var heavy = seconds <= _scenario.MedianSeconds ? 0
                : 1 - Math.Pow(_scenario.MedianSeconds / seconds, _scenario.ParetoExponent);
            share = ((1 - HeavyShare) * share) + (HeavyShare * heavy);
        }

        return share;
    }

    private double NormalShare(double seconds) =>
        Gauss.Cumulative(Math.Log(seconds / _scenario.MedianSeconds) / _scenario.LatencySpread);
}

/// <summary>One pod: what it is like for good, and what befalls it now.</summary>
internal sealed class SimulatedPod(string name, Scenario scenario, Draw draw)
{
    public string Name { get; } = name;

    /// <summary>Factor on the error ratio.</summary>
    public double Errors { get; } = Math.Exp(scenario.PodErrorSpread * draw.Normal());

    /// <summary>Persistent log latency.</summary>
    public double Latency { get; set; } = scenario.PodLatencySpread * draw.Normal();

    public double Wander { get; private set; } = scenario.WanderSpread * draw.Normal();

    public int BurstErrors { get; set; }

    public int BurstSlow { get; set; }

    public void Begin(Draw random, Scenario world, double seconds)
    {
        BurstErrors = 0;
        BurstSlow = 0;
        if (world.WanderSpread > 0)
        {
            var kept = Math.Exp(-seconds / world.WanderSeconds);
            Wander = (kept * Wander) + (Math.Sqrt(1 - (kept * kept)) * world.WanderSpread * random.Normal());
        }
    }
}

/// <summary>
/// Bursts in time: each strikes one pod, has a size and a length of its own, and may straddle intervals.
/// </summary>
internal sealed class BurstSource(Burst burst, Draw draw)
{
    private readonly List<(SimulatedPod Pod, double From, double To, double Events)> _active = [];
    private double _next = draw.Exponential(burst.MeanSeconds);

    public void Strike(
        int index, double seconds, SimulatedPod[] canary, SimulatedPod[] stable, double weight, Action<SimulatedPod,
            int> add)
    {
        double from = index * seconds, to = from + seconds;
        while (_next < to)
        {
            var canaryShare = burst.ByPod ? (double)canary.Length / (canary.Length + stable.Length) : weight;
            var arm = draw.Uniform() < canaryShare ? canary : stable;
            _active.Add((
                arm[(int)(draw.Uniform() * arm.Length)],
                _next,
                _next + draw.Exponential(burst.Seconds),
                Math.Ceiling(draw.Exponential(burst.Events))));
            _next += draw.Exponential(burst.MeanSeconds);
        }

        foreach (var (pod, begins, ends, events) in _active)
        {
            var overlap = Math.Max(0, Math.Min(to, ends) - Math.Max(from, begins)) / (ends - begins);
            add(pod, overlap >= 1 ? (int)events : (int)Math.Floor((events * overlap) + draw.Uniform()));
        }

        _active.RemoveAll(active => active.To <= to);
    }
}
