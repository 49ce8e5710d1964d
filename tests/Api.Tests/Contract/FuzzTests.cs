using System.Net;
using System.Text;
using Rollouts.Api.Tests.Hosting;

namespace Rollouts.Api.Tests.Contract;

/// <summary>Requests that nobody would write on purpose.</summary>
public sealed class FuzzTests
{
    // Faults that hold back or fail later requests are left out: what they do is tested where it is wanted.
    private static readonly string[] Templates =
    [
        "/", "/health", "/health/db", "/health/live", "/metrics", "/api/version", "/api/info", "/api/items",
        "/api/items/{junk}", "/echo", "/demo", "/demo/faults", "/demo/faults/{junk}", "/demo/faults/class-drift",
        "/demo/faults/counter-reset", "/demo/faults/history", "/demo/slow", "/demo/memory", "/openapi.json", "/{junk}",
        "/docs/{junk}", "/redoc/{junk}",
    ];

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PURGE"];
    private static readonly string[] Keys = ["limit", "category", "ms", "mb", "seconds", "ratio", "everySeconds", "é"];
    private static readonly string[] Types =
        ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"];

    [Theory]
    [InlineData(1)]
    [InlineData(20261120)]
    public async Task No_request_is_answered_with_an_error_of_the_server(int seed)
    {
        var random = new Random(seed);
        await using var api = await ApiInstance.StartAsync();
        for (var i = 0; i < 250; i++)
        {
            var method = Methods[random.Next(Methods.Length)];
            var path = Path(random);
            var body = method is "GET" or "HEAD" || random.Next(3) == 0 ? null : Body(random);
            using var response = await api.SendAsync(
                method,
                path,
                body,
                Types[random.Next(Types.Length)],
                $"X-Request-ID: {Escaped(random)}",
                $"traceparent: {Escaped(random)}",
                $"Accept: {Escaped(random)}");

            var status = (int)response.StatusCode;
            Assert.True(status < 500, $"seed {seed}, request {i}: {method} {path} is answered {status}");
            if (status >= 400 && method != "HEAD")
            {
                Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            }
        }

        Assert.Equal(HttpStatusCode.OK, await api.GetStatusAsync("/health/live"));
    }

    private static string Path(Random random)
    {
        var template = Templates[random.Next(Templates.Length)];
        var path = template.Replace("{junk}", Escaped(random), StringComparison.Ordinal);
        return random.Next(2) == 0 ? path : $"{path}?{Escaped(Keys[random.Next(Keys.Length)])}={Escaped(random)}";
    }

    private static string Body(Random random) => random.Next(4) switch
    {
        0 => "{",
        1 => $$"""{"ratio": {{random.Next(-2, 3)}}, "everySeconds": [{{random.Next()}}], "x": null}""",
        2 => new string('[', random.Next(200)),
        _ => Junk(random),
    };

    private static string Escaped(Random random) => Escaped(Junk(random));

    private static string Escaped(string text) => Uri.EscapeDataString(text);

    private static string Junk(Random random)
    {
        var text = new StringBuilder();
        for (var length = random.Next(1, 40); length > 0; length--)
        {
            text.Append((char)random.Next(1, random.Next(2) == 0 ? 128 : 0xD800));
        }

        return random.Next(3) == 0 ? $"{random.Next(-3, 3)}" : text.ToString();
    }
}
