namespace Rollouts.benchmarks.Api;

/// <summary>What Kestrel does with nothing around it: a text and a small JSON body, both ready as bytes.</summary>
internal static class BareKestrel
{
    public static async Task<int> ServeAsync(string url)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url);
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        app.UseRouting();
        Map(app, "/health/live", "ok\n"u8.ToArray(), "text/plain; charset=utf-8");
        var version = """{"version":"v1","buildNumber":"","commit":"","buildDate":"","environment":"production"}"""u8;
        Map(app, "/api/version", version.ToArray(), "application/json");
        await app.RunAsync();
        return 0;
    }

    private static void Map(WebApplication app, string path, byte[] body, string contentType)
    {
        app.MapGet(path, AnswerAsync);

        Task AnswerAsync(HttpContext http)
        {
            http.Response.ContentType = contentType;
            http.Response.ContentLength = body.Length;
            return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
        }
    }
}
