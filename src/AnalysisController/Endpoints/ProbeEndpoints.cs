using System.Text.Json.Nodes;

using Rollouts.AnalysisController.Reconcile;

namespace Rollouts.AnalysisController.Endpoints;

/// <summary>The probes. Liveness depends on nothing; readiness on the caches being in sync.</summary>
internal static class ProbeEndpoints
{
    public static void Map(WebApplication web, ClusterCaches caches)
    {
        web.MapGet("/livez", context => AnswerAsync(context, true, "ok"));
        web.MapGet("/readyz", context => AnswerAsync(context, caches.AreSynced, "the caches are not in sync yet"));
        web.MapGet("/health", context => HealthAsync(context, caches.AreSynced));
    }

    private static Task AnswerAsync(HttpContext context, bool good, string otherwise)
    {
        context.Response.StatusCode = good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(good ? "ok\n" : otherwise + "\n", context.RequestAborted);
    }

    /// <summary>health+json (draft-inadarei-api-health-check-05 §3).</summary>
    private static Task HealthAsync(HttpContext context, bool synced)
    {
        context.Response.StatusCode = synced ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/health+json";
        context.Response.Headers.CacheControl = "no-store";
        var word = synced ? "pass" : "fail";
        var health = new JsonObject
        {
            ["status"] = word,
            ["serviceId"] = "analysis-controller",
            ["checks"] = new JsonObject
            {
                ["watch:caches"] = new JsonArray(new JsonObject { ["componentType"] = "component", ["status"] = word }),
            },
        };
        return context.Response.WriteAsync(health.ToJsonString(), context.RequestAborted);
    }
}
