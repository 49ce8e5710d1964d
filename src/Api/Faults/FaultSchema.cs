using System.Collections.Immutable;
using System.Globalization;

namespace Rollouts.Api.Faults;

/// <summary>One numeric key of a fault: its bounds before the caps of the configuration, and its default.</summary>
internal sealed record FaultKey(string Name, string Unit, double Default, double Min, double Max, string Meaning);

/// <summary>What a kind of fault is called and which keys it takes: in a variable, in a JSON body, in a form.</summary>
internal sealed record FaultSchema(FaultKind Kind, string Name, string Meaning, ImmutableArray<FaultKey> Keys)
{
    private static readonly FaultKey Ratio = new(
        "ratio",
        "share 0 to 1",
        1,
        0,
        1,
        "Share of the requests that are hit.");

    public static ImmutableArray<FaultSchema> All { get; } =
    [
        new(FaultKind.Error, "error", "Answer a share of the requests with an error status.", [Ratio]),
        new(FaultKind.Slow, "slow", "Delay a share of the requests.",
        [
            new("ms", "milliseconds", 500, 0, 60_000, "Fixed delay."),
            new("jitterMs", "milliseconds", 0, 0, 60_000, "Added delay, uniform from 0 to this."),
            Ratio,
        ]),
        new(FaultKind.Cpu, "cpu", "Burn processor time.",
        [
            new("cores", "cores", 1, 0.1, 64, "Threads that burn."),
            new("duty", "share 0 to 1", 1, 0.01, 1, "Share of the time in which they burn."),
        ]),
        new(FaultKind.Memory, "memory", "Leak memory until a cap; freed when the fault ends.",
        [
            new("mbPerSecond", "MB/s", 10, 0.1, 1024, "Speed of the leak."),
            new("capMb", "MB", 100, 1, 65_536, "Where the leak stops."),
        ]),
        new(FaultKind.Crash, "crash", "End the process.",
        [
            new("afterSeconds", "seconds", 5, 0, 86_400, "Time until the end."),
        ]),
        new(FaultKind.Hang, "hang", "Never answer a share of the requests, nor /health; the probes answer.", [Ratio]),
        new(FaultKind.Unready, "unready", "Fail the readiness probe.", []),
        new(FaultKind.Unhealthy, "unhealthy", "Fail the liveness probe and /health.", []),
        new(FaultKind.MetricsMissing, "metrics-missing", "Answer /metrics with 404.", []),
        new(FaultKind.MetricsGarbage, "metrics-garbage", "Answer /metrics with a body that is cut in the middle.", []),
        new(FaultKind.CounterReset, "counter-reset", "Set every counter to zero without a restart.",
        [
            new("everySeconds", "seconds", 0, 0, 86_400, "Reset again and again at this interval; 0 resets once."),
        ]),
        new(FaultKind.ClassDrift, "class-drift", "Serve items of one category more often than the catalogue's mix.",
        [
            Ratio with { Default = 0.5, Meaning = "Share of the items that are taken from the category." },
        ]),
    ];

    /// <summary>The variable that switches it on at start.</summary>
    public string Variable => $"DEMO_FAULT_{Name.Replace('-', '_').ToUpperInvariant()}";

    public bool TakesStatus => Kind == FaultKind.Error;

    public bool TakesCategory => Kind == FaultKind.ClassDrift;

    /// <summary>The keys with their defaults, as the variable takes them.</summary>
    public string Form => string.Join(
        ',',
        [
            .. Keys.Select(key => string.Create(CultureInfo.InvariantCulture, $"{key.Name}={key.Default}")),
            .. (ReadOnlySpan<string>)(TakesStatus ? ["status=500"] : []),
            .. (ReadOnlySpan<string>)(TakesCategory ? ["category=Watches"] : []),
            "durationSeconds=",
            "onlyVersion=",
            "onlyPod=",
        ]);

    public static FaultSchema Of(FaultKind kind) => All.Single(schema => schema.Kind == kind);

    public static FaultSchema? Named(string? name) => All.FirstOrDefault(schema => schema.Name == name);
}
