using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.ApiServer.Http;

/// <summary>
/// What <c>kubectl auth can-i</c> asks (authorization.k8s.io/v1). Whoever reaches this server may do everything, as
/// with Kubernetes' authorization mode AlwaysAllow; roles are stored and decide nothing.
/// </summary>
internal static class AccessReview
{
    public const string Group = "authorization.k8s.io";

    private const string Warning = "the local cluster allows everything to everybody; roles decide nothing here";

    public static Task AnswerAsync(HttpContext context, string kind)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
            throw ApiException.MethodNotAllowed($"a {kind} is created and not kept");
        JsonAnswer.AddWarnings(context, [Warning]);
        var body = new JsonObject
        {
            ["apiVersion"] = $"{Group}/v1",
            ["kind"] = kind,
            ["metadata"] = new JsonObject(),
            ["spec"] = new JsonObject(),
            ["status"] = kind == "SelfSubjectRulesReview"
                ? new JsonObject
                {
                    ["resourceRules"] = new JsonArray(Everything("apiGroups", "resources")),
                    ["nonResourceRules"] = new JsonArray(Everything("nonResourceURLs")),
                    ["incomplete"] = false,
                }
                : new JsonObject { ["allowed"] = true, ["reason"] = Warning },
        };
        return JsonAnswer.WriteAsync(context, StatusCodes.Status201Created, body);
    }

    private static JsonObject Everything(params IEnumerable<string> fields) =>
        new(fields.Prepend("verbs").Select(field =>
            KeyValuePair.Create<string, JsonNode?>(field, new JsonArray("*"))));
}
