using System.Diagnostics.Metrics;
using Rollouts.Api.Faults;
using Rollouts.Api.Settings;
using Rollouts.Exposition.Metrics;

namespace Rollouts.Api.Metrics;

/// <summary>Which instruments are exposed, and the ones that only state facts.</summary>
internal static class ApiMeters
{
    public const string Name = "Rollouts.Api";

    private const string Hosting = "Microsoft.AspNetCore.Hosting";
    private const string Runtime = "System.Runtime";

    /// <summary>
    /// Hears this instance's own meters, so that several instances in one process stay apart, and the runtime's.
    /// </summary>
    public static MetricRegistry Listen(IMeterFactory meters) => new(instrument =>
        (instrument.Meter.Name == Runtime && IsWanted(instrument.Name))
        || (ReferenceEquals(instrument.Meter.Scope, meters)
            && (instrument.Meter.Name == Name
                || (instrument.Meter.Name == Hosting && instrument.Name == "http.server.request.duration"))));

    /// <summary>Creates <c>app_info</c>, <c>demo_fault_active</c> and the process figures.</summary>
    public static void Create(Meter meter, Identity identity, FaultBoard board, TimeProvider clock)
    {
        var build = new Measurement<int>(1, new("version", identity.Version), new("revision", identity.Commit));
        meter.CreateObservableGauge("app.info", () => build, null, "The running build; always 1.");
        meter.CreateObservableGauge(
            "demo.fault.active",
            () => FaultSchema.All.Select(schema => new Measurement<int>(
                board.Active(schema.Kind) is null ? 0 : 1, new KeyValuePair<string, object?>("fault", schema.Name))),
            null,
            "1 while this pod shows the demo fault.");
        ProcessMeter.Create(meter, clock);
    }

    // A gauge may not end in _count: promtool takes it for a histogram's. The process figures are exposed by
    // ProcessMeter.
    private static bool IsWanted(string runtimeInstrument) =>
        !runtimeInstrument.EndsWith(".count", StringComparison.Ordinal)
        && !runtimeInstrument.StartsWith("dotnet.process.", StringComparison.Ordinal);
}
