using System.Collections.Immutable;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>One line of what RBAC must grant.</summary>
/// <param name="Group">API group; empty for the core.</param>
/// <param name="Resource">Plural, with the subresource after a slash where there is one.</param>
/// <param name="For">What does not work without it.</param>
internal sealed record AccessRule(string Group, string Resource, ImmutableArray<string> Verbs, string For);

/// <summary>
/// Every request that the client sends, as RBAC names it. Tests hold it against the requests of the whole suite, the
/// chart's roles and docs/operations.md.
/// </summary>
internal static class RequiredAccess
{
    public static ImmutableArray<AccessRule> Rules { get; } =
    [
        new("argoproj.io", "rollouts", ["get", "list", "watch"], "always"),
        new("argoproj.io", "analysisruns", ["get", "list", "watch", "patch"], "always"),
        new("argoproj.io", "analysisruns", ["create", "delete"], "report runs of a CanaryPolicy"),
        new("argoproj.io", "experiments", ["list", "watch"], "baseline pods of an Experiment"),
        new("argoproj.io", "rollouts/status", ["patch"], "a CanaryPolicy with onFail: Abort"),
        new("argoproj.io", "rollouts", ["patch"], "a CanaryPolicy that pauses"),
        new("apps", "replicasets", ["list", "watch"], "always"),
        new("", "pods", ["list", "watch"], "always"),
        new("", "pods/proxy", ["get"], "--scrape-via ApiServer"),
        new("", "events", ["create", "patch"], "events; without it they are dropped"),
        new("rollouts-companion.io", "canarypolicies", ["list", "watch"], "policies"),
        new("rollouts-companion.io", "canarypolicies/status", ["patch"], "policies"),
        new("coordination.k8s.io", "leases", ["get", "create", "patch"], "--leader-elect"),
    ];

    /// <summary>
    /// A request as RBAC sees it; null for one that no rule is needed for, such as the version and discovery.
    /// </summary>
    /// <param name="pathAndQuery">Path below the server's address.</param>
    public static (string Group, string Resource, string Verb)? Of(string method, string pathAndQuery)
    {
        var parts = pathAndQuery.Split('?', 2);
        var query = parts.Length > 1 ? parts[1] : "";
        var path = parts[0].Trim('/').Split('/');
        var (group, rest) = path switch
        {
            ["api", _, .. var core] => ("", core),
            ["apis", var named, _, .. var other] => (named, other),
            _ => ("", []),
        };
        if (rest is ["namespaces", _, .. var namespaced])
        {
            rest = namespaced;
        }

        return rest switch
        {
            [] => null,
            [var plural] => (group, plural, VerbOf(method, isOne: false, query)),
            [var plural, _] => (group, plural, VerbOf(method, isOne: true, query)),
            [var plural, _, var subresource, ..] => (group, $"{plural}/{subresource}", VerbOf(method, true, query)),
        };
    }

    /// <summary>Whether some rule grants it.</summary>
    public static bool Grants((string Group, string Resource, string Verb) request) =>
        Rules.Any(rule =>
            rule.Group == request.Group && rule.Resource == request.Resource && rule.Verbs.Contains(request.Verb)
        );

    private static string VerbOf(string method, bool isOne, string query) =>
        method switch
        {
            "POST" => "create",
            "PATCH" => "patch",
            "DELETE" => "delete",
            _ when isOne => "get",
            _ when query.Contains("watch=1", StringComparison.Ordinal) => "watch",
            _ => "list",
        };
}
