using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Runs;

/// <summary>Looks up one key of a Secret in the run's namespace; null when there is no such Secret.</summary>
internal delegate IReadOnlyDictionary<string, string>? SecretReader(string name);

/// <summary>A value, or the reason why there is none.</summary>
internal readonly record struct Resolved<T>(T? Value, string? Problem)
    where T : class;

/// <summary>The arguments of a run, and their place in <c>{{args.name}}</c> anywhere in a metric.</summary>
internal static partial class RunArguments
{
    private const string SecretPlaceholder = "temp-for-secret";

    public static IReadOnlyDictionary<string, string> WithoutSecrets(JsonObject run) =>
        run.Items("spec", "args").ToDictionary(
            argument => argument.Text("name") ?? "",
            argument => argument.Object("valueFrom", "secretKeyRef") is null
                ? argument.Text("value") ?? ""
                : SecretPlaceholder,
            StringComparer.Ordinal);

    /// <summary>
    /// Secrets are read on every reconcile, also when nothing is measured
    /// (analysis/analysis.go:265-321, v1.10): a missing one ends the run.
    /// </summary>
    public static Resolved<IReadOnlyDictionary<string, string>> WithSecrets(JsonObject run, SecretReader secrets)
    {
        var values = new Dictionary<string, string>(WithoutSecrets(run), StringComparer.Ordinal);
        foreach (var argument in run.Items("spec", "args"))
        {
            if (argument.Object("valueFrom", "secretKeyRef") is not { } reference)
                continue;
            var (name, key) = (reference.Text("name") ?? "", reference.Text("key") ?? "");
            if (secrets(name) is not { } secret)
                return new(null, $"secrets \"{name}\" not found");
            if (!secret.TryGetValue(key, out var value))
                return new(null, $"key '{key}' does not exist in secret '{name}'");
            values[argument.Text("name") ?? ""] = value;
        }
        return new(values, null);
    }

    public static Resolved<JsonObject> Substitute(JsonObject metric, IReadOnlyDictionary<string, string> arguments)
    {
        string? problem = null;
        var resolved = (JsonObject)Walk(metric, text => Placeholder().Replace(text, match =>
        {
            var name = match.Groups[1].Value;
            if (arguments.TryGetValue(name, out var value))
                return value;
            problem ??= $"failed to resolve {{{{args.{name}}}}}";
            return match.Value;
        }))!;
        return problem is null ? new(resolved, null) : new(null, problem);
    }

    private static JsonNode? Walk(JsonNode? node, Func<string, string> change)
    {
        switch (node)
        {
            case JsonObject source:
                var target = new JsonObject();
                foreach (var (name, value) in source)
                    target[change(name)] = Walk(value, change);
                return target;
            case JsonArray source:
                return new JsonArray([.. source.Select(item => Walk(item, change))]);
            case JsonValue value when value.TryGetValue<string>(out var text):
                return JsonValue.Create(change(text));
            default:
                return node?.DeepClone();
        }
    }

    [GeneratedRegex(@"\{\{\s*args\.([^}\s]+)\s*\}\}")]
    private static partial Regex Placeholder();
}
