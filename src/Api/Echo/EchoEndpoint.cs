using System.Text;
using Rollouts.Api.Requests;

namespace Rollouts.Api.Echo;

/// <summary>Answer of <c>/echo</c>: the request as it arrived, secrets left out.</summary>
/// <param name="Body">The body as text; null when there was none.</param>
internal sealed record EchoAnswer(
    string Method,
    string Path,
    SortedDictionary<string, string> Query,
    SortedDictionary<string, string> Headers,
    string? Body);

/// <summary><c>GET</c> and <c>POST /echo</c>.</summary>
internal static class EchoEndpoint
{
    private static readonly HashSet<string> Secret = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization", "Cookie", "Proxy-Authorization",
    };

    public static async Task AnswerAsync(HttpContext http)
    {
        var request = http.Request;
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        var answer = new EchoAnswer(
            request.Method,
            request.Path.Value ?? "/",
            Sorted(request.Query),
            Sorted(request.Headers.Where(header => !Secret.Contains(header.Key))),
            body.Length == 0 ? null : body);
        await JsonAnswer.WriteAsync(http, answer, ApiJson.Plain.EchoAnswer);
    }

    private static SortedDictionary<string, string> Sorted(
        IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> pairs) =>
        new(pairs.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()), StringComparer.Ordinal);
}
