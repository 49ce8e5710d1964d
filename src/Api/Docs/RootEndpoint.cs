using Rollouts.Api.Requests;
using Rollouts.Api.Settings;

namespace Rollouts.Api.Docs;

/// <summary>Answer of <c>GET /</c> for programs.</summary>
internal sealed record RootAnswer(
    string Name,
    string Version,
    DateTimeOffset Time,
    SortedDictionary<string, string> Links);

/// <summary><c>GET /</c>: browsers go on to the documentation, programs learn where everything is.</summary>
internal sealed class RootEndpoint(Identity identity, TimeProvider clock)
{
    public Task GetAsync(HttpContext http)
    {
        http.Response.Headers.Vary = "Accept";
        if (http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            http.Response.Redirect("/docs");
            return Task.CompletedTask;
        }

        var links = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["demo"] = "/demo",
            ["docs"] = "/docs",
            ["health"] = "/health",
            ["items"] = "/api/items",
            ["metrics"] = "/metrics",
            ["openapi"] = "/openapi.json",
            ["version"] = "/api/version",
        };
        return JsonAnswer.WriteAsync(
            http, new RootAnswer("sample-api", identity.Version, clock.GetUtcNow(), links), ApiJson.Plain.RootAnswer);
    }
}
