using Rollouts.Api.Faults;

namespace Rollouts.Api.Health;

/// <summary>The checks that look at the process itself.</summary>
internal static class OwnChecks
{
    private const double Megabyte = 1024 * 1024;

    public static IEnumerable<HealthCheck> Create(FaultBoard board, TimeProvider clock)
    {
        var startedAt = clock.GetUtcNow();
        yield return Of(
            "uptime:duration",
            "system",
            "s",
            () => ("pass", (clock.GetUtcNow() - startedAt).TotalSeconds, null));
        yield return Of("memory:resident", "system", "MB", () => ("pass", Environment.WorkingSet / Megabyte, null));
        yield return Of(
            "faults:active",
            "component",
            "faults",
            () =>
            {
                var names = FaultSchema
                    .All.Where(schema => board.Active(schema.Kind) is not null)
                    .Select(schema => schema.Name);
                var output = string.Join(", ", names);
                var status =
                    board.Active(FaultKind.Unhealthy) is not null ? "fail"
                    : output.Length == 0 ? "pass"
                    : "warn";
                return (status, output.Length == 0 ? 0 : output.Split(", ").Length, output.Length == 0 ? null : output);
            }
        );

        HealthCheck Of(
            string name, string type, string unit, Func<(string Status, double Value, string? Output)> observe) =>
            new(name, HealthNeed.Never, _ =>
            {
                var (status, value, output) = observe();
                return Task.FromResult(
                    new HealthEntry(status, type, Math.Round(value, 3), unit, clock.GetUtcNow(), output));
            });
    }
}
