using System.Collections.Immutable;

namespace Rollouts.Simulation.Worlds;

/// <summary>The families that are calibrated. Names of healthy ones say what is hard about them.</summary>
internal static class Families
{
    private static readonly Scenario Five = new("iid, 5% of 100 rps");

    private static readonly Scenario Twenty = Five with { Weight = _ => .2, CanaryPods = 2, StablePods = 8 };

    private static readonly Scenario Half = Five with { Weight = _ => .5, CanaryPods = 5, StablePods = 5 };

    private static readonly Scenario Low =
        Five with { RequestsPerSecond = 1, Weight = _ => .2, CanaryPods = 1, StablePods = 4 };

    /// <summary>
    /// Exponential sizes and lengths, this often, over this base: the one choice under which deciders that depend on
    /// nothing else, success ratios per minute, abort healthy canaries as often as the specification's tables say.
    /// </summary>
    private static readonly Burst Twenties = new(20, 3, 85);

    /// <summary>Bursts of errors, and as many of slow requests, over a lower error ratio than usual.</summary>
    private static Scenario Bursty(Scenario world, Burst burst) =>
        world with { BaseErrors = .0004, ErrorBursts = burst, SlowBursts = burst };

    /// <summary>Healthy canaries inside the model: false aborts must stay within alpha.</summary>
    public static ImmutableArray<Scenario> Healthy { get; } =
    [
        Five,
        Half with { Name = "iid, 50% of 100 rps" },
        Low with { Name = "iid, low traffic 1 rps, 20%" },
        Five with { Name = "iid, 5% of 2000 rps", RequestsPerSecond = 2000 },
        Ramp(Five) with { Name = "ramp 5-20-50% + common incidents" },
        Bursty(Five, Twenties) with { Name = "bursts 20 events/3 s, 5%" },
        Bursty(Half, Twenties) with { Name = "bursts 20 events/3 s, 50%" },
        Bursty(Twenty, new(50, 15, 210)) with { Name = "bursts 50 events/15 s, 20%" },
        Bursty(Five, Twenties with { ByPod = true }) with { Name = "bursts per pod (share mismatch), 5%" },
        Five with { Name = "pods differ: errors x/1.65, lat 5%", PodErrorSpread = .5, PodLatencySpread = .05 },
        Five with { Name = "pods differ: lat 10%, 2000 rps", RequestsPerSecond = 2000, PodLatencySpread = .1 },
        Half with { Name = "pods differ, 50%", PodErrorSpread = .5, PodLatencySpread = .05 },
        Five with { Name = "pod latency noise AR 10%/60 s", WanderSpread = .1 },
        Five with { Name = "pod latency noise AR 20%/120 s, 2000 rps", RequestsPerSecond = 2000, WanderSpread = .2,
            WanderSeconds = 120 },
        Nasty(Five) with { Name = "everything nasty, 5%" },
        Nasty(Half) with { Name = "everything nasty, 50%" },
        Nasty(Ramp(Five)) with { Name = "nasty ramp + incidents" },
        Five with { Name = "service with 2% base errors, p99 0.8 s", BaseErrors = .02, MedianSeconds = .125 },

        // Families that the specification lacks.
        Five with { Name = "new: diurnal swing, canary pod at a tenth of a stable pod's load", Weight = _ =>
            .011, Swing = .9, SwingIntervals = 180 },
        Five with
        {
            Name = "new: retry storms on both arms",
            CommonErrors = i => i % 45 is >= 10 and < 16 ? 100 : 1,
            CommonLatency = i => i % 45 is >= 10 and < 16 ? 3 : 1,
        },
        Twenty with { Name = "new: heavy-tailed request sizes (Pareto 1.2), 20%", ParetoExponent = 1.2 },
        Five with { Name = "new: one route with 5% errors, its share wanders", OwnRoute = (.1, .05) },
        Five with { Name = "new: mild slow node under the one canary pod (+5%), pods differ 5%", SlowNode = .05,
            PodLatencySpread = .05 },
    ];

    /// <summary>Healthy canaries outside the model: reported, not promised.</summary>
    public static ImmutableArray<Scenario> Stress { get; } =
    [
        Bursty(Twenty, new(200, 30, 205)) with { Name = "stress: bursts 200 events/30 s, 20%" },
        Five with { Name = "stress: canary pod on a slow node (+30%)", SlowNode = .3, PodLatencySpread = .05 },
    ];

    /// <summary>
    /// Regressions, with the median intervals that the specification's reference needs; infinity where it finds less
    /// than half.
    /// </summary>
    public static ImmutableArray<(Scenario Scenario, double Reference)> Bad { get; } =
    [
        (Errors(Five, .005, "errors .1%->.5%, 5%"), 90),
        (Errors(Five, .01, "errors .1%->1%, 5%"), 26),
        (Errors(Five, .05, "errors .1%->5%, 5%"), 5),
        (Errors(Five, 1, "errors .1%->100%, 5%"), 5),
        (Errors(Half, .005, "errors .1%->.5%, 50%"), 28),
        (Errors(Half, .01, "errors .1%->1%, 50%"), 10),
        (Errors(Half, 1, "errors .1%->100%, 50%"), 5),
        (Errors(Five with { RequestsPerSecond = 2000 }, .005, "errors .1%->.5%, 5% of 2000 rps"), 10),
        (Errors(Bursty(Five, Twenties), .01, "errors ->1%, bursts, 5%"), 24),
        (Errors(Nasty(Five), .01, "errors ->1%, nasty, 5%"), 30),
        (Errors(Nasty(Five), .05, "errors ->5%, nasty, 5%"), 6),
        (Errors(Five with { Onset = 90 }, .01, "errors ->1% from min 15 (late), 5%"), 33),
        (Errors(Five with { Onset = 90 }, .05, "errors ->5% from min 15 (late), 5%"), 9),
        (Five with { Name = "latency +20%, 5%", CanaryLatencyFactor = 1.2 }, 71),
        (Half with { Name = "latency +20%, 50%", CanaryLatencyFactor = 1.2 }, 21),
        (Five with { Name = "latency +20%, 5% of 2000 rps", CanaryLatencyFactor = 1.2, RequestsPerSecond = 2000 }, 14),
        (Five with { Name = "latency +50%, 5%", CanaryLatencyFactor = 1.5 }, 15),
        (Five with { Name = "latency x2, 5%", CanaryLatencyFactor = 2 }, 10),
        (Nasty(Five) with { Name = "latency x2, nasty, 5%", CanaryLatencyFactor = 2 }, 12),
        (Five with { Name = "tail x2 (slowest 2%), 5%", CanaryTailFactor = 2 }, 32),
        (Five with { Name = "tail x2 (slowest 2%), 5% of 2000 rps", CanaryTailFactor = 2, RequestsPerSecond = 2000 },
            11),
        (Errors(Low, .05, "low traffic 1 rps, errors 5%, 20%"), 92),
        (Errors(Low, .5, "low traffic 1 rps, errors 50%, 20%"), 12),
        (Five with { Name = "no canary traffic", CanaryHasTraffic = false }, double.PositiveInfinity),
    ];

    private static Scenario Errors(Scenario world, double ratio, string name) =>
        world with { Name = name, CanaryErrors = ratio };

    /// <summary>5, 20, 50 % for ten minutes each, with two incidents of three minutes that strike both arms.</summary>
    private static Scenario Ramp(Scenario world) => world with
    {
        CanaryPods = 2,
        StablePods = 8,
        Weight = i => i < 60 ? .05 : i < 120 ? .2 : .5,
        CommonErrors = i => i is (>= 40 and < 58) or (>= 130 and < 148) ? 30 : 1,
        CommonLatency = i => i is (>= 40 and < 58) or (>= 130 and < 148) ? 2 : 1,
    };

    private static Scenario Nasty(Scenario world) => Bursty(world, Twenties) with
    {
        PodErrorSpread = .3,
        PodLatencySpread = .05,
        WanderSpread = .1,
        WanderSeconds = 60,
    };
}
