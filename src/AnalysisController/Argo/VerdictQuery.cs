using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rollouts.AnalysisController.Argo;

/// <summary>The URL with which a <c>web</c> metric asks for our verdict, and what it says of how to judge.</summary>
internal static class VerdictQuery
{
    /// <summary>The path of the endpoint; behind a gateway others may stand before it.</summary>
    public const string Path = "/api/v1/verdict";

    /// <summary>The parameters that say how to judge; the others say which verdict is asked for.</summary>
    private static readonly string[] Terms = ["policy", "preset"];

    /// <summary>Whether a URL asks us.</summary>
    public static bool IsOurs(string url) => BeforeQuery(url).EndsWith(Path, StringComparison.Ordinal);

    /// <summary>The policy or preset that the query names, as a plugin's body would name it.</summary>
    public static JsonElement Body(string url)
    {
        var body = new JsonObject();
        foreach (var pair in url[BeforeQuery(url).Length..].TrimStart('?').Split('&'))
        {
            var parts = pair.Split('=', 2);
            if (parts.Length == 2 && Terms.Contains(parts[0]) && parts[1].Length > 0)
            {
                body[parts[0]] = Uri.UnescapeDataString(parts[1]);
            }
        }

        return JsonElement.Parse(body.ToJsonString());
    }

    private static string BeforeQuery(string url) =>
        url.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? url[..at] : url;
}
