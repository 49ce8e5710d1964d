using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Policy;

/// <summary>How one run is judged, from what its template says and the policy that it names.</summary>
/// <param name="Policy">Name of the policy that the template names; null where it names none.</param>
internal sealed record RunTerms(AnalysisSpec Spec, ScrapeSettings Scrape, string? Policy)
{
    /// <param name="body">The template's plugin body; its own fields win over those of the policy it names.</param>
    /// <param name="find">A policy of the run's namespace by its name.</param>
    public static RunTermsResult Read(JsonElement body, Func<string, CanaryPolicy?> find)
    {
        if (PolicyField(body) is not { } field)
        {
            return Read(body, name: null);
        }

        if (NameOf(field) is not { } name)
        {
            return new RunTermsResult.Invalid([$"policy is {field.GetRawText()}; the name of a policy is expected"]);
        }

        if (find(name) is not { } policy)
        {
            return new RunTermsResult.Invalid([$"policy \"{name}\" does not exist in the run's namespace"]);
        }

        return PolicyReader.Read(policy) switch
        {
            PolicyResult.Invalid(var problems) => new RunTermsResult.Invalid([
                .. problems.Select(problem => $"policy \"{name}\": {problem}"),
            ]),
            PolicyResult.Valid(var terms) => Read(Overlay(terms.Body, body), name),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static RunTermsResult Read(JsonElement body, string? name)
    {
        var problems = new List<string>();
        var scrape =
            body.ValueKind == JsonValueKind.Object && body.TryGetProperty("scrape", out var given)
                ? ScrapeReader.Read(given, "scrape", problems)
                : ScrapeSettings.FromPod;
        return AnalysisSpec.Parse(body) switch
        {
            AnalysisSpecResult.Valid(var spec) when problems.Count == 0 => new RunTermsResult.Valid(
                new RunTerms(spec, scrape, name)
            ),
            AnalysisSpecResult.Invalid(var found) => new RunTermsResult.Invalid([.. problems, .. found]),
            _ => new RunTermsResult.Invalid([.. problems]),
        };
    }

    /// <summary>The policy that a template's body names; null where it names none, or not by a name.</summary>
    public static string? PolicyName(JsonElement body) => PolicyField(body) is { } field ? NameOf(field) : null;

    private static JsonElement? PolicyField(JsonElement body) =>
        body.ValueKind == JsonValueKind.Object
        && body.TryGetProperty("policy", out var policy)
        && policy.ValueKind != JsonValueKind.Null
            ? policy
            : null;

    private static string? NameOf(JsonElement policy) =>
        policy.ValueKind == JsonValueKind.String && policy.GetString() is { Length: > 0 } name ? name : null;

    private static JsonElement Overlay(JsonElement policy, JsonElement template)
    {
        var both = JsonObject.Create(policy)!;
        foreach (var field in template.EnumerateObject())
        {
            both[field.Name] = JsonNode.Parse(field.Value.GetRawText());
        }

        return JsonElement.Parse(both.ToJsonString());
    }
}

/// <summary>Terms that can be used, or every problem at once.</summary>
internal abstract record RunTermsResult
{
    private RunTermsResult() { }

    public sealed record Valid(RunTerms Terms) : RunTermsResult;

    public sealed record Invalid(ImmutableArray<string> Problems) : RunTermsResult;
}
