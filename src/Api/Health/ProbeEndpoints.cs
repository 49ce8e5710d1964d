using System.Text;
using Rollouts.Api.Faults;

namespace Rollouts.Api.Health;

/// <summary>The probes: one word, 200 or 503. Liveness looks at nothing outside of the process.</summary>
internal sealed class ProbeEndpoints(FaultBoard board, Lifecycle life, HealthChecks checks)
{
    private static readonly byte[] Ok = "ok\n"u8.ToArray();

    public Task LiveAsync(HttpContext http) =>
        AnswerAsync(http, board.Active(FaultKind.Unhealthy) is null ? null : "demo fault 'unhealthy'");

    public Task StartupAsync(HttpContext http) => AnswerAsync(http, life.Starting);

    public async Task ReadyAsync(HttpContext http)
    {
        var reason = board.Active(FaultKind.Unready) is not null ? "demo fault 'unready'"
            : life.IsDraining ? "draining"
            : life.Starting;
        await AnswerAsync(http, reason ?? await checks.ObserveMissingAsync(http.RequestAborted));
    }

    private static Task AnswerAsync(HttpContext http, string? notBecause)
    {
        var body = notBecause is null ? Ok : Encoding.UTF8.GetBytes($"not ok: {notBecause}\n");
        http.Response.StatusCode = notBecause is null ? 200 : 503;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.ContentLength = body.Length;
        http.Response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }
}
