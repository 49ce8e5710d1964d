using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Endpoints;

/// <summary>
/// <c>GET /api/v1/verdict</c>: what a <c>web</c> metric of Argo's asks. The answer is 200 whatever the verdict is, for
/// Argo counts every other status as an error and aborts after five; who may not ask gets that.
/// </summary>
internal static class VerdictEndpoint
{
    private static readonly string[] Words =
        ["namespace", "rollout", "stable", "canary", "analysisRun", "kind", "policy", "preset"];

    /// <param name="tokenFile">A file with the bearer token that is asked for; null lets everybody ask.</param>
    public static void Map(WebApplication web, VerdictLookup lookup, string? tokenFile)
    {
        web.MapMethods(Argo.VerdictQuery.Path, ReadMethods.All, context => AnswerAsync(context, lookup, tokenFile));
        web.Map(Argo.VerdictQuery.Path, RefuseMethodAsync);
        web.MapMethods("/openapi.json", ReadMethods.All, ContractAsync);
    }

    /// <summary>Whoever uses another method has misread the documentation; the answer says what to use.</summary>
    private static Task RefuseMethodAsync(HttpContext context)
    {
        context.Response.Headers.Allow = string.Join(", ", ReadMethods.All);
        return RefuseAsync(
            context,
            StatusCodes.Status405MethodNotAllowed,
            $"the method is {context.Request.Method}; want {string.Join(" or ", ReadMethods.All)}"
        );
    }

    private static Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(
            JsonSerializer.Serialize(new VerdictRefusal(why), VerdictJson.Default.VerdictRefusal),
            context.RequestAborted
        );
    }

    private static async Task AnswerAsync(HttpContext context, VerdictLookup lookup, string? tokenFile)
    {
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        if (tokenFile is not null && await RefusalAsync(context, tokenFile) is var (status, why))
        {
            if (status == StatusCodes.Status401Unauthorized)
            {
                response.Headers.WWWAuthenticate = "Bearer";
            }

            await RefuseAsync(context, status, why);
            return;
        }

        var query = context.Request.Query;
        var answer = Misunderstood(query) ?? lookup.Find(
            new VerdictQuestion(
                Text("namespace"),
                Text("rollout"),
                Text("stable"),
                Text("canary"),
                Text("analysisRun"),
                Text("kind") == "watch"
            )
        );
        response.ContentType = "application/json";
        await response.WriteAsync(
            JsonSerializer.Serialize(answer, VerdictJson.Default.VerdictAnswer),
            context.RequestAborted
        );

        string? Text(string name) => query[name].ToString() is { Length: > 0 } text ? text : null;
    }

    /// <summary>A question with a word that is none of ours; a typo is not to wait for its deadline.</summary>
    private static VerdictAnswer? Misunderstood(IQueryCollection query)
    {
        var wrong = query.Keys.FirstOrDefault(key => !Words.Contains(key) || query[key].Count > 1);
        var kind = query["kind"].ToString();
        return wrong is not null ? VerdictLookup.Refuse(
            $"'{wrong}' is unknown or given twice; known: {string.Join(", ", Words)}")
            : kind is not ("" or "gate" or "watch") ? VerdictLookup.Refuse($"kind is '{kind}'; want gate or watch")
            : null;
    }

    /// <summary>Why somebody may not ask; null when they may. What cannot be checked is refused.</summary>
    private static async Task<(int Status, string Why)?> RefusalAsync(HttpContext context, string tokenFile)
    {
        const string scheme = "Bearer ";
        var (token, problem) = await BearerToken.ReadAsync(tokenFile, context.RequestAborted);
        if (token is null)
        {
            return (StatusCodes.Status503ServiceUnavailable, problem ?? "");
        }

        var given = context.Request.Headers.Authorization.ToString();
        var isGood =
            given.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(given[scheme.Length..].Trim()),
                Encoding.UTF8.GetBytes(token)
            );
        return isGood ? null : (StatusCodes.Status401Unauthorized, "a bearer token is asked for, and this is not it");
    }

    private static async Task ContractAsync(HttpContext context)
    {
        await using var contract = typeof(VerdictEndpoint).Assembly.GetManifestResourceStream("openapi.json")!;
        context.Response.ContentType = "application/json";
        await contract.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(VerdictAnswer))]
[JsonSerializable(typeof(VerdictRefusal))]
internal sealed partial class VerdictJson : JsonSerializerContext;

/// <summary>Why nothing was looked up.</summary>
internal sealed record VerdictRefusal(string Error);
