using Rollouts.Api.Faults;
using Rollouts.Api.Requests;
using Rollouts.Api.Settings;

namespace Rollouts.Api.Health;

/// <summary><c>GET /health</c>: everything at once; 503 only when something fails.</summary>
internal sealed class HealthEndpoint(HealthChecks checks, FaultGate gate, Identity identity)
{
    public async Task GetAsync(HttpContext http)
    {
        await gate.HangAsync(http.RequestAborted);
        await AnswerAsync(http, await checks.ObserveAllAsync(http.RequestAborted), "/health");
    }

    /// <summary>One component alone; 404 when it is not configured.</summary>
    public async Task GetComponentAsync(HttpContext http, string component)
    {
        await gate.HangAsync(http.RequestAborted);
        var observed = await checks.ObserveComponentAsync(component, http.RequestAborted);
        if (observed.Length == 0)
        {
            await Problem.WriteAsync(http, 404, $"{component} is not configured.");
            return;
        }

        await AnswerAsync(http, observed, http.Request.Path.Value ?? "/health");
    }

    private Task AnswerAsync(HttpContext http, (string Name, HealthEntry Entry)[] observed, string self)
    {
        var status = Worst(observed);
        var answer = new HealthAnswer(
            status,
            identity.Version,
            identity.Commit.Length > 0 ? $"{identity.Version}+{identity.Commit}" : identity.Version,
            "sample-api",
            "Sample API for canary drills",
            new SortedDictionary<string, HealthEntry[]>(
                observed.ToDictionary(check => check.Name, check => new[] { check.Entry }), StringComparer.Ordinal),
            new Dictionary<string, string> { ["self"] = self, ["about"] = "/api/version", ["metrics"] = "/metrics" });
        http.Response.Headers.CacheControl = "no-store";
        return JsonAnswer.WriteAsync(
            http, answer, ApiJson.Plain.HealthAnswer, status == "fail" ? 503 : 200, "application/health+json");
    }

    private static string Worst((string Name, HealthEntry Entry)[] observed) =>
        observed.Any(check => check.Entry.Status == "fail") ? "fail"
        : observed.Any(check => check.Entry.Status == "warn") ? "warn"
        : "pass";
}
