using System.Text;
using Microsoft.Net.Http.Headers;

namespace Rollouts.AnalysisController.Endpoints;

/// <summary>
/// The probes, small and for machines, and /health for people. Liveness depends on nothing: a restart mends no API
/// server. Readiness depends on the caches and on the API server.
/// </summary>
internal static class ProbeEndpoints
{
    private const string Json = "application/health+json";

    private const string Text = "text/plain; charset=utf-8";

    public static void Map(WebApplication web, ControllerHealth health)
    {
        foreach (var path in (string[])["/livez", "/healthz"])
        {
            web.MapMethods(path, ReadMethods.All, context => ProbeAsync(context, []));
        }

        web.MapMethods(
            "/startupz",
            ReadMethods.All,
            context => ProbeAsync(context, health.Look().Checks.Where(check => check.Name == "caches:synced")));
        web.MapMethods("/readyz", ReadMethods.All, context => ProbeAsync(context, health.Look().Checks));
        web.MapMethods("/health", ReadMethods.All, context => HealthAsync(context, health.Look()));
    }

    /// <summary>Machines read the code; <c>?verbose</c> lists the checks as the API server's own probes do.</summary>
    private static Task ProbeAsync(HttpContext context, IEnumerable<HealthCheck> looked)
    {
        var checks = looked.ToList();
        var failed = checks.FindAll(check => check.Status == HealthStatus.Fail);
        var name = context.Request.Path.Value!.Trim('/');
        var body = new StringBuilder();
        if (context.Request.Query.ContainsKey("verbose"))
        {
            body.Append("[+]ping ok\n");
            foreach (var check in checks)
            {
                body.Append(
                    check.Status == HealthStatus.Fail
                        ? $"[-]{check.Name} failed: {check.Output}\n"
                        : $"[+]{check.Name} ok\n");
            }

            body.Append($"{name} check {(failed.Count == 0 ? "passed" : "failed")}\n");
        }
        else
        {
            body.Append(failed.Count == 0
                ? "ok\n"
                : string.Concat(failed.Select(check => $"{check.Name}: {check.Output}\n")));
        }

        return AnswerAsync(context, failed.Count == 0, Text, body.ToString());
    }

    private static Task HealthAsync(HttpContext context, HealthReport report)
    {
        var isGood = report.Status != HealthStatus.Fail;
        return Preferred(context) switch
        {
            "text/plain" => AnswerAsync(context, isGood, Text, report.ToLine()),
            "text/html" => AnswerAsync(context, isGood, "text/html; charset=utf-8", report.ToPage()),
            _ => AnswerAsync(context, isGood, Json, report.ToJson()),
        };
    }

    /// <summary>The first of what the client likes best that we have; JSON when it does not say.</summary>
    private static string Preferred(HttpContext context) =>
        MediaTypeHeaderValue.TryParseList(context.Request.Headers.Accept, out var accepted)
            ? accepted
                .OrderByDescending(type => type.Quality ?? 1)
                .Select(type => type.MediaType.Value ?? "")
                .FirstOrDefault(type => type is "text/plain" or "text/html" or "application/json" or Json or "*/*")
                ?? Json
            : Json;

    private static Task AnswerAsync(HttpContext context, bool isGood, string contentType, string body)
    {
        context.Response.StatusCode = isGood ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = contentType;
        context.Response.Headers.CacheControl = "no-store";
        var bytes = Encoding.UTF8.GetBytes(body);
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
