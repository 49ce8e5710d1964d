using Swashbuckle.AspNetCore.ReDoc;
using Swashbuckle.AspNetCore.SwaggerUI;

namespace Rollouts.Api.Docs;

/// <summary>
/// Two readers of <c>/openapi.json</c>, both served from the program itself: nothing is fetched from elsewhere.
/// </summary>
internal static class Documentation
{
    private const string Contract = "/openapi.json";

    // Fonts and logos that the readers would fetch from elsewhere are refused by the browser.
    private const string OwnOnly =
        "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
        "img-src 'self' data: blob:; worker-src 'self' blob:; frame-ancestors 'none'";

    /// <summary>Serves them; they are put together at the first visit, not at the start of every pod.</summary>
    public static void UseDocumentation(this WebApplication app) => app.Use(next =>
    {
        var readers = new Lazy<RequestDelegate>(() => Build(((IApplicationBuilder)app).New(), next));
        return http => IsForReaders(http.Request.Path) ? readers.Value(http) : next(http);
    });

    private static bool IsForReaders(PathString path) =>
        path.StartsWithSegments("/docs", StringComparison.Ordinal)
        || path.StartsWithSegments("/redoc", StringComparison.Ordinal);

    private static RequestDelegate Build(IApplicationBuilder readers, RequestDelegate next)
    {
        readers.Use(inner => http =>
        {
            http.Response.Headers.ContentSecurityPolicy = OwnOnly;
            return inner(http);
        });
        readers.UseSwaggerUI(new SwaggerUIOptions
        {
            RoutePrefix = "docs",
            DocumentTitle = "Sample API",
            ConfigObject = new Swashbuckle.AspNetCore.SwaggerUI.ConfigObject
            {
                Urls = [new UrlDescriptor { Name = "Sample API", Url = Contract }],
            },
        });
        readers.UseReDoc(new ReDocOptions
        {
            RoutePrefix = "redoc",
            IndexStream = () => typeof(Documentation).Assembly.GetManifestResourceStream("redoc.html")!,
        });
        readers.Run(next);
        return readers.Build();
    }
}
